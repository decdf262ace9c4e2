import type { Diagnostic } from '../config/diagnostic.js';
import type { Merged, MergedService, OwnedServer } from '../config/merged.js';
import { isBroken, type ServersTransportConfig } from '../config/model.js';
import type { ServerTls } from '../net/server-tls.js';
import { parseAddress, type Address, type PortOf } from './address.js';
import { Balancer, PooledServer, type Member } from './balancer.js';
import { about, errorText, placeOf } from './finding.js';
import type { Trouble } from './reference-findings.js';
import type { Resolution } from './references.js';
import { SERVICE_IGNORES } from './served.js';
import type { Transport } from './service.js';
import type { DefaultTls, TransportOutcome } from './transport-tls.js';
import {
  chooseTransport,
  resolveTransport,
  type TlsChoice,
  type TransportContext,
} from './transports.js';

/** What became of a service; the next table takes over what is the same. */
export interface ServiceOutcome {
  readonly merged: MergedService;
  readonly transport: Resolution<Merged<ServersTransportConfig>> | undefined;
  readonly transportOutcome: TransportOutcome | undefined;
  readonly defaultTls: DefaultTls;
  /** Qualified; undefined if the service names none. */
  readonly transportName: string | undefined;
  readonly service: Balancer | undefined;
  /** Why there is none. */
  readonly trouble: Trouble | undefined;
  /** By owner and address (D19). Kept while the service cannot be used, too. */
  readonly servers: ReadonlyMap<string, PooledServer>;
  readonly errors: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface ServiceContext extends TransportContext {
  readonly portOf: PortOf;
  /** False if more than the configuration changed. */
  readonly mayReuse: boolean;
}

/** `previous` is the outcome of the service of that name in the table before. */
export function compileService(
  merged: MergedService,
  context: ServiceContext,
  previous: ServiceOutcome | undefined,
): ServiceOutcome {
  if (context.mayReuse && previous?.merged === merged && hasSameTransport(previous, context)) {
    if (previous.service) context.pool.keep(previous.service.transport);
    return previous;
  }
  const transport = resolveTransport(merged, context.transports);
  const transportOutcome = outcomeOf(transport, context);
  const { defaultTls } = context;
  const choice = chooseTransport(merged, transport, context);
  const { members, servers, diagnostics } = membersOf(merged, choice.tls, context, previous);
  if (isBroken(merged)) {
    const errors = merged.diagnostics.filter(({ severity }) => severity === 'error');
    return {
      merged,
      transport,
      transportOutcome,
      defaultTls,
      transportName: transport?.name,
      service: undefined,
      trouble: { code: 'broken-reference', text: 'is disabled', at: errors[0]?.at ?? merged.at },
      servers,
      errors: errors.map(errorText),
      diagnostics: [],
    };
  }
  const lack = lackOf(merged);
  const trouble = lack ?? choice.trouble;
  return {
    merged,
    transport,
    transportOutcome,
    defaultTls,
    transportName: choice.name,
    service:
      trouble === undefined && choice.transport
        ? balancerOf(merged.name, choice.transport, members, previous?.service)
        : undefined,
    trouble,
    servers,
    errors: [],
    diagnostics: [...diagnostics, ...choice.diagnostics, ...notServed(merged, lack)],
  };
}

const outcomeOf = (
  transport: ServiceOutcome['transport'],
  { transportOutcomes }: ServiceContext,
): TransportOutcome | undefined =>
  transport?.state === 'found' ? transportOutcomes.get(transport.name) : undefined;

function hasSameTransport(
  { merged, transport, transportOutcome, defaultTls }: ServiceOutcome,
  context: ServiceContext,
): boolean {
  if (defaultTls !== context.defaultTls) return false;
  const written = merged.config.loadBalancer?.serversTransport ?? '';
  if (transport === undefined) return true;
  return (
    context.transports.isCurrent(transport, written, merged) &&
    outcomeOf(transport, context) === transportOutcome
  );
}

interface Members {
  readonly members: readonly Member[];
  readonly servers: ReadonlyMap<string, PooledServer>;
  readonly diagnostics: readonly Diagnostic[];
}

/** The same server object as before where owner and address are the same (D19). */
function membersOf(
  merged: MergedService,
  tls: TlsChoice,
  { portOf }: ServiceContext,
  previous: ServiceOutcome | undefined,
): Members {
  const servers = new Map<string, PooledServer>();
  const weights = new Map<PooledServer, number>();
  const secured = new Map<PooledServer, ServerTls>();
  const diagnostics: Diagnostic[] = [];
  for (const owned of merged.servers) {
    const { owner, server } = owned;
    const address = server.address ?? '';
    const key = JSON.stringify([owner.id, address]);
    let pooled = servers.get(key) ?? previous?.servers.get(key);
    if (pooled === undefined) {
      const parsed = parseAddress(address, portOf);
      if (!parsed.ok) {
        diagnostics.push(badAddress(merged, owned, parsed));
        continue;
      }
      pooled = new PooledServer(address, parsed.host, parsed.port, owner.name);
    }
    pooled.owner = owner.name;
    servers.set(key, pooled);
    const spoken = server.tls === true ? tls.ifAsked : tls.toAll;
    if (server.tls === true && spoken === undefined) {
      diagnostics.push(cannotSpeakTls(merged, owned));
      continue;
    }
    if (server.tls === false && spoken !== undefined) diagnostics.push(stillTls(merged, owned));
    if (spoken) secured.set(pooled, spoken);
    weights.set(pooled, (weights.get(pooled) ?? 0) + (server.weight ?? 1));
  }
  const members = [...weights].map(([server, weight]) => ({
    server,
    weight,
    tls: secured.get(server),
  }));
  return { members, servers, diagnostics };
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

function balancerOf(
  name: string,
  transport: Transport,
  members: readonly Member[],
  previous: Balancer | undefined,
): Balancer {
  return previous?.consistsOf(transport, members) === true
    ? previous
    : new Balancer(name, transport, members);
}

/** What of a service this version cannot do, where doing without would be less than was asked for. */
function lackOf(merged: MergedService): Trouble | undefined {
  if (merged.config.weighted === undefined) return undefined;
  return {
    code: 'not-served',
    text: 'cannot be used: this version does not serve weighted services',
    at: placeOf(merged, ['weighted']),
  };
}

function notServed(merged: MergedService, lack: Trouble | undefined): readonly Diagnostic[] {
  const { loadBalancer } = merged.config;
  const ignored = SERVICE_IGNORES.filter(
    ({ isAsked }) => loadBalancer !== undefined && isAsked(loadBalancer),
  ).map(({ path, what }) =>
    about('service', merged, path, {
      code: 'not-served',
      severity: 'warning',
      message: `this version does not serve ${what}: the service is used without`,
    }),
  );
  if (!lack) return ignored;
  const refused = about('service', merged, lack.at, {
    code: 'not-served',
    severity: 'error',
    message: `the service ${lack.text}`,
  });
  return [refused, ...ignored];
}
