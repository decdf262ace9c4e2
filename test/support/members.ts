import type { BalancedMember } from '../../src/routing/balancer.js';
import { PooledServer } from '../../src/routing/pooled-server.js';
import type { Transport } from '../../src/routing/service.js';

const TRANSPORT: Transport = {
  name: 't@test',
  dialTimeout: 5_000,
  dialKeepAlive: 0,
  terminationDelay: -1,
  proxyProtocol: undefined,
};

/** A server of a service, as the compiler makes it. */
export function balancedMember(
  name: string,
  settings: Partial<BalancedMember> = {},
): BalancedMember {
  const server = new PooledServer(`${name}:1`, name, 1, 'owner');
  return {
    server,
    service: 's@test',
    host: name,
    port: 1,
    dialKeepAlive: 0,
    transport: TRANSPORT,
    tls: undefined,
    isOnConnect: false,
    weight: 1,
    turn: server.turn,
    isBackup: false,
    maxConnections: 0,
    isLeaving: false,
    limits: undefined,
    ...settings,
  };
}
