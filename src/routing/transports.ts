import type { Diagnostic } from '../config/diagnostic.js';
import type { Merged, MergedService } from '../config/merged.js';
import type { ServersTransportConfig } from '../config/model.js';
import type { DefaultTransportConfig } from '../config/static.js';
import type { ServerTls } from '../net/server-tls.js';
import { about } from './finding.js';
import {
  foundInFile,
  unknownReference,
  unresolvedReference,
  type Trouble,
} from './reference-findings.js';
import type { References, Resolution } from './references.js';
import type { Settings, TransportPool } from './transport-pool.js';
import type { DefaultTls, TransportOutcome } from './transport-tls.js';
import type { Transport } from './service.js';

const DEFAULT_NAME = 'default@internal';
/** Of a transport that does not say it (DYN-20, data-plane facts 5.2). */
const DIAL_TIMEOUT = 30_000;
const DIAL_KEEP_ALIVE = 15_000;

const FIELD = 'loadBalancer.serversTransport';

/** How the servers of one service are reached, or why not. */
export interface TransportChoice {
  /** Qualified; undefined if the service names none. */
  readonly name: string | undefined;
  readonly transport: Transport | undefined;
  readonly tls: TlsChoice;
  readonly trouble: Trouble | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** How TLS is spoken to the servers of a service (D2). */
export interface TlsChoice {
  /** To all of them: the transport has a section. */
  readonly toAll: ServerTls | undefined;
  /** To those that ask for it. Undefined: it cannot be spoken. */
  readonly ifAsked: ServerTls | undefined;
}

export interface TransportContext {
  readonly transports: References<Merged<ServersTransportConfig>>;
  readonly transportOutcomes: ReadonlyMap<string, TransportOutcome>;
  /** The static one. */
  readonly defaultTransport: DefaultTransportConfig;
  readonly defaultTls: DefaultTls;
  /** Makes equal settings one object. */
  readonly pool: TransportPool;
}

type Found = Resolution<Merged<ServersTransportConfig>> | undefined;

/** The transport that a service names; undefined if it names none, or the default one. */
export function resolveTransport(
  service: MergedService,
  transports: References<Merged<ServersTransportConfig>>,
): Found {
  const written = service.config.loadBalancer?.serversTransport ?? '';
  return written === '' || written === DEFAULT_NAME
    ? undefined
    : transports.resolve(written, service);
}

/** The settings for the connections to the servers of a service. */
export function chooseTransport(
  service: MergedService,
  resolution: Found,
  context: TransportContext,
): TransportChoice {
  const { transportOutcomes, defaultTransport: defaults, defaultTls, pool } = context;
  const written = service.config.loadBalancer?.serversTransport ?? '';
  if (written === '') return unnamedTransport(service, context);
  const overruled = overruledFields(service);
  if (resolution === undefined) {
    const choice = unnamedTransport(service, context);
    return { ...choice, name: DEFAULT_NAME, diagnostics: overruled };
  }
  const { name } = resolution;
  if (resolution.state !== 'found') {
    const finding =
      resolution.state === 'unknown'
        ? unknownReference('serversTransport', written, service.provider, resolution.suggestions)
        : unresolvedReference('serversTransport', written, resolution.provider);
    const diagnostic = about('service', service, FIELD, finding);
    return {
      name,
      transport: undefined,
      tls: NO_TLS,
      trouble: troubleOf(diagnostic),
      diagnostics: [diagnostic, ...overruled],
    };
  }
  const { target, fromFile } = resolution;
  const guess = fromFile
    ? [about('service', service, FIELD, foundInFile('serversTransport', written))]
    : [];
  const outcome = transportOutcomes.get(name);
  const trouble = troubleWith(target, outcome);
  return {
    name,
    transport: trouble ? undefined : pool.get(name, settingsOf(target.config, defaults)),
    tls: { toAll: outcome?.tls, ifAsked: outcome?.tls ?? defaultTls.tls },
    trouble,
    diagnostics: [...guess, ...overruled],
  };
}

function troubleOf({ code, message, at }: Diagnostic): Trouble {
  return {
    code: code === 'unresolved' ? 'unresolved' : 'unknown-reference',
    text: `cannot be used: ${message}`,
    at,
  };
}

const NO_TLS: TlsChoice = { toAll: undefined, ifAsked: undefined };

function troubleWith(
  transport: Merged<ServersTransportConfig>,
  outcome: TransportOutcome | undefined,
): Trouble | undefined {
  if (outcome && outcome.errors.length === 0) return undefined;
  return {
    code: 'broken-reference',
    text: `cannot be used: its serversTransport "${transport.name}" is disabled`,
    at: transport.at,
  };
}

function unnamedTransport(
  service: MergedService,
  { defaultTransport: defaults, defaultTls, pool }: TransportContext,
): TransportChoice {
  const {
    terminationDelay,
    proxyProtocol,
    serversTransport = '',
  } = service.config.loadBalancer ?? {};
  // D1: the deprecated field is in milliseconds (BUG-3); both count only without a named transport (DYN-21).
  const isNamed = serversTransport !== '';
  const delay = isNamed ? undefined : terminationDelay;
  const settings = {
    ...defaults,
    terminationDelay: delay ?? defaults.terminationDelay,
    proxyProtocol: isNamed ? undefined : versionOf(proxyProtocol),
  };
  const noVersion = !isNamed && proxyProtocol?.version === 0 ? [noSuchVersion(service)] : [];
  return {
    name: undefined,
    transport: pool.get(DEFAULT_NAME, settings),
    tls: { toAll: undefined, ifAsked: defaultTls.tls },
    trouble: noVersion[0] && troubleOf(noVersion[0]),
    diagnostics: noVersion,
  };
}

/** DYN-22: other numbers are refused where they are read. */
function noSuchVersion(service: MergedService): Diagnostic {
  return about('service', service, 'loadBalancer.proxyProtocol.version', {
    code: 'unknown-value',
    severity: 'error',
    message: 'there is no PROXY protocol version 0',
    value: '0',
    fix: 'write 1 or 2',
    suggestions: ['1', '2'],
  });
}

/** BUG-8: a named transport silently overrules what the service itself says. */
function overruledFields(service: MergedService): readonly Diagnostic[] {
  const config = service.config.loadBalancer;
  return (['terminationDelay', 'proxyProtocol'] as const)
    .filter((field) => config?.[field] !== undefined)
    .map((field) =>
      about('service', service, `loadBalancer.${field}`, {
        code: 'ignored',
        severity: 'warning',
        message: `${field} has no effect beside serversTransport`,
        fix: `set ${field} on the serversTransport`,
      }),
    );
}

/** What is in force of a named transport (DYN-20, D1). */
export function settingsOf(
  config: ServersTransportConfig,
  defaults: DefaultTransportConfig,
): Settings {
  return {
    dialTimeout: config.dialTimeout ?? DIAL_TIMEOUT,
    dialKeepAlive: config.dialKeepAlive ?? DIAL_KEEP_ALIVE,
    terminationDelay: config.terminationDelay ?? defaults.terminationDelay,
    proxyProtocol: versionOf(config.proxyProtocol),
  };
}

/** Others than 1 and 2 have been refused. */
function versionOf(section: ServersTransportConfig['proxyProtocol']): 1 | 2 | undefined {
  return section && (section.version === 1 ? 1 : 2);
}
