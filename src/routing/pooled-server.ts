import { hashOf } from './hash.js';
import { ServerHealth } from './server-health.js';
import type { Server } from './service.js';
import { Turn } from './turns.js';

/** A server with the state that it keeps from table to table (D19). */
export class PooledServer implements Server {
  readonly address: string;
  readonly host: string;
  readonly port: number;
  /** The name of an owner can change; his identity does not. */
  owner: string;
  open = 0;
  readonly turn = new Turn();
  readonly health = new ServerHealth();
  isRemoved = false;
  drain: number | undefined;
  drainOnUnhealthy: number | undefined;
  /** Of its address: the same after every restart. */
  readonly hash: number;

  constructor(address: string, host: string, port: number, owner: string) {
    this.address = address;
    this.host = host;
    this.port = port;
    this.owner = owner;
    this.hash = hashOf(address);
  }
}
