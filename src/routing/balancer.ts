import type { ServerTls } from '../net/server-tls.js';
import type { Server, Service, Transport } from './service.js';

/**
 * A server with the state that it keeps from table to table (D19). `turn` is what smooth weighted
 * round robin knows of it: it grows by its share at each pick and falls by 1 when it is chosen.
 * Shares rather than weights, so that it means the same however many servers there are.
 */
export class PooledServer implements Server {
  readonly address: string;
  readonly host: string;
  readonly port: number;
  /** The name of an owner can change; his identity does not. */
  owner: string;
  open = 0;
  turn = 0;

  constructor(address: string, host: string, port: number, owner: string) {
    this.address = address;
    this.host = host;
    this.port = port;
    this.owner = owner;
  }
}

export interface Member {
  readonly server: PooledServer;
  /** 0: never chosen. */
  readonly weight: number;
  /** How TLS is spoken to it; undefined: in clear. */
  readonly tls: ServerTls | undefined;
}

/** Turns that differ by less are equal: shares are not exact. */
const ROUNDING = 1e-9;

/**
 * Chooses among the servers of one service by smooth weighted round robin. Which servers there are
 * never changes; whose turn it is belongs to them, so that a change of one server is not felt by the
 * others.
 */
export class Balancer implements Service {
  readonly name: string;
  readonly transport: Transport;
  readonly #members: readonly Member[];
  readonly #hasTls: boolean;

  constructor(name: string, transport: Transport, members: readonly Member[]) {
    this.name = name;
    this.transport = transport;
    this.#members = members;
    this.#hasTls = members.some(({ tls }) => tls !== undefined);
  }

  pick(tried: readonly Server[]): Server | undefined {
    let sum = 0;
    for (const { server, weight } of this.#members) if (!tried.includes(server)) sum += weight;
    let best: PooledServer | undefined;
    for (const { server, weight } of this.#members) {
      if (weight === 0 || tried.includes(server)) continue;
      server.turn += weight / sum;
      if (best === undefined || server.turn > best.turn + ROUNDING) best = server;
    }
    if (best !== undefined) best.turn -= 1;
    return best;
  }

  tlsTo(server: Server): ServerTls | undefined {
    if (!this.#hasTls) return undefined;
    return this.#members.find((member) => member.server === server)?.tls;
  }

  /** True if a balancer made of these would be the same. */
  consistsOf(transport: Transport, members: readonly Member[]): boolean {
    return (
      this.transport === transport &&
      this.#members.length === members.length &&
      this.#members.every(
        ({ server, weight, tls }, i) =>
          members[i]?.server === server && members[i].weight === weight && members[i].tls === tls,
      )
    );
  }
}
