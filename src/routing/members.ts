import type { Diagnostic } from '../config/diagnostic.js';
import type { MergedService, OwnedServer } from '../config/merged.js';
import type { ServerConfig } from '../config/model.js';
import type { ServerTls } from '../net/server-tls.js';
import { parseAddress, type Address, type PortOf } from './address.js';
import type { BalancedMember } from './balancer.js';
import { about } from './finding.js';
import { PooledServer } from './pooled-server.js';
import type { Limits, Transport } from './service.js';
import type { ConnectTlsFor } from './transport-tls.js';
import type { TlsChoice } from './transports.js';

/** The servers of one service: as objects with a life of their own, and as the service uses them. */
export interface Servers {
  /** By owner and address (D19). */
  readonly pooled: ReadonlyMap<string, PooledServer>;
  readonly used: readonly UsedServer[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What is written about a server; of the same one twice, the weights are added. */
interface UsedServer {
  readonly server: PooledServer;
  readonly config: ServerConfig;
  readonly isLeaving: boolean;
  readonly weight: number;
  readonly tls: ServerTls | undefined;
}

export interface ServersContext {
  readonly portOf: PortOf;
  readonly connect: ConnectTlsFor;
}

/** The same server object as in `known` where owner and address are the same. */
export function serversOf(
  merged: MergedService,
  tls: TlsChoice,
  { portOf, connect }: ServersContext,
  known: (key: string) => PooledServer | undefined,
): Servers {
  const { drain, drainOnUnhealthy } = merged.config.loadBalancer ?? {};
  const pooled = new Map<string, PooledServer>();
  const used = new Map<PooledServer, UsedServer>();
  const diagnostics: Diagnostic[] = [];
  for (const owned of merged.servers) {
    const { owner, server: config } = owned;
    const address = config.address ?? '';
    const key = JSON.stringify([owner.id, address]);
    let server = pooled.get(key) ?? known(key);
    if (server === undefined) {
      const parsed = parseAddress(address, portOf);
      if (!parsed.ok) {
        diagnostics.push(badAddress(merged, owned, parsed));
        continue;
      }
      server = new PooledServer(address, parsed.host, parsed.port, owner.name);
    }
    server.owner = owner.name;
    server.isRemoved = false;
    server.drain = timeTo(drain);
    server.drainOnUnhealthy = timeTo(drainOnUnhealthy);
    pooled.set(key, server);
    const isAsked = config.tls === true;
    const spoken = config.connect
      ? connect(merged.provider, config.connect)
      : isAsked
        ? tls.ifAsked
        : tls.toAll;
    if (config.connect) diagnostics.push(...besideConnect(merged, owned, tls));
    else if (isAsked && spoken === undefined) {
      diagnostics.push(cannotSpeakTls(merged, owned));
      continue;
    } else if (config.tls === false && spoken) diagnostics.push(stillTls(merged, owned));
    const weight = (used.get(server)?.weight ?? 0) + (config.weight ?? 1);
    const isLeaving = owner.isLeaving ?? false;
    used.set(server, { server, config, isLeaving, weight, tls: spoken });
  }
  if (merged.servers.some(({ server }) => server.connect)) diagnostics.push(...inClear(merged));
  return { pooled, used: [...used.values()], diagnostics };
}

const timeTo = (drain: number | 'keep' | undefined) => (drain === 'keep' ? undefined : drain);

export function membersOf(
  service: string,
  transport: Transport,
  limits: Limits | undefined,
  used: readonly UsedServer[],
): readonly BalancedMember[] {
  return used.map(({ server, config, isLeaving, weight, tls }) => ({
    server,
    service,
    host: server.host,
    port: server.port,
    dialKeepAlive: transport.dialKeepAlive,
    transport,
    tls,
    isOnConnect: config.connect !== undefined,
    limits,
    weight,
    turn: server.turn,
    isBackup: config.backup ?? false,
    maxConnections: config.maxConnections ?? 0,
    isLeaving,
  }));
}

/** Never in clear instead. What is wrong with the default transport has been said. */
function cannotSpeakTls(merged: MergedService, { server, at }: OwnedServer): Diagnostic {
  return about('service', merged, at, {
    code: 'broken-reference',
    severity: 'error',
    message: 'the server is not used: it wants TLS, and tcpServersTransport.tls is broken',
    value: server.address ?? '',
  });
}

/** D2. */
function stillTls(merged: MergedService, { at }: OwnedServer): Diagnostic {
  return about('service', merged, at, {
    code: 'ignored',
    severity: 'warning',
    message: 'tls=false does not turn TLS off: the serversTransport of the service has tls',
    value: 'false',
    fix: 'name a serversTransport without tls',
  });
}

/** CNS-16: Connect decides how TLS is spoken, and nothing else of the transport. */
function besideConnect(
  merged: MergedService,
  { server, at }: OwnedServer,
  { toAll }: TlsChoice,
): readonly Diagnostic[] {
  const what =
    toAll !== undefined
      ? 'tls of the serversTransport has'
      : server.tls === false
        ? 'tls=false has'
        : undefined;
  if (what === undefined) return [];
  return [
    about('service', merged, at, {
      code: 'ignored',
      severity: 'warning',
      message: `${what} no effect: the server is reached through Consul Connect`,
      value: server.address ?? '',
      fix: 'leave it out, or set connect=false to reach the server directly',
    }),
  ];
}

/** Another port than the server's may be one for checks alone. */
function inClear(merged: MergedService): readonly Diagnostic[] {
  const { mode, scheme, port = 0 } = merged.config.loadBalancer?.healthCheck ?? {};
  if (mode !== 'http' || scheme !== 'http' || port !== 0) return [];
  const place = 'loadBalancer.healthCheck';
  return [
    about('service', merged, [`${place}.scheme`, place], {
      code: 'ignored',
      severity: 'warning',
      message: 'scheme=http has no effect where a server is reached through Consul Connect',
      value: scheme,
      fix: 'leave scheme out, or name the port where checks are answered in clear',
    }),
  ];
}

/** 7.4 #13: the other servers are used. */
function badAddress(
  merged: MergedService,
  { server, at }: OwnedServer,
  { reason, fix, suggestions }: Exclude<Address, { ok: true }>,
): Diagnostic {
  return about('service', merged, at, {
    code: 'bad-value',
    severity: 'error',
    message: `the server is not used: ${reason}`,
    value: server.address ?? '',
    fix,
    suggestions,
  });
}
