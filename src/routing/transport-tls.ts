import type { ConnectPeer } from '../config/connect.js';
import { isFault, type Diagnostic } from '../config/diagnostic.js';
import type { Merged } from '../config/merged.js';
import { isBroken, type ServersTransportConfig } from '../config/model.js';
import type { Materials, Pem } from '../config/pem.js';
import type { DefaultTransportConfig } from '../config/static.js';
import type { ServerTls } from '../net/server-tls.js';
import { Origination, readOrigination } from '../tls/origination.js';
import type { Problem } from '../tls/problem.js';
import { about, errorText } from './finding.js';

/** Whom a transport takes for its servers, beside what SPIFFE itself asks (D5). */
export interface WantedByTransport {
  readonly ids: readonly string[];
  readonly trustDomain: string;
  /** SNI alone. */
  readonly serverName: string;
  /** Undefined: any. */
  readonly uri: string | undefined;
}

/** Makes TLS by SPIFFE rules; there is none where SPIFFE is off. */
export type SpiffeTlsFor = (wanted: WantedByTransport) => ServerTls;

/** TLS to a server on Consul Connect that the provider of this name found: as itself, to that peer alone. */
export type ConnectTlsFor = (provider: string, peer: ConnectPeer) => ServerTls;

/** What became of a transport; the next table takes over what is the same. */
export interface TransportOutcome {
  readonly merged: Merged<ServersTransportConfig>;
  readonly pems: readonly Pem[];
  /** Undefined: it has no `tls`, and no `spiffe`. */
  readonly tls: ServerTls | undefined;
  /** Why it cannot be used. */
  readonly errors: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface TransportTlsContext {
  readonly materials: Materials;
  readonly spiffe: SpiffeTlsFor | undefined;
  /** False if more than the configuration changed. */
  readonly mayReuse: boolean;
}

type Section = Pick<ServersTransportConfig, 'tls' | 'spiffe'>;

/** `previous` is the outcome of the transport of that name in the table before. */
export function compileTransport(
  merged: Merged<ServersTransportConfig>,
  { materials, spiffe, mayReuse }: TransportTlsContext,
  previous: TransportOutcome | undefined,
): TransportOutcome {
  const pems = pemsOf(merged.config, materials);
  const isSame = previous?.merged === merged && pems.every((pem, i) => pem === previous.pems[i]);
  if (mayReuse && isSame) return previous;
  if (isBroken(merged)) {
    const errors = merged.diagnostics.filter(isFault);
    return { merged, pems, tls: undefined, errors: errors.map(errorText), diagnostics: [] };
  }
  const { tls: read, problems } = tlsOf(merged.config, materials, spiffe);
  // D6: only a file has changed, and is broken: the last good one stays in force.
  const tls = read ?? (previous?.merged === merged ? previous.tls : undefined);
  const stays = tls !== undefined && read === undefined;
  const diagnostics = problems.map(({ path, message, ...rest }) => {
    const text = stays ? `the last good content stays in force: ${message}` : message;
    const paths = [path, path.replace(/\[\d+\]$/, ''), path.split('.')[0] ?? ''];
    return about('serversTransport', merged, paths, { ...rest, message: text });
  });
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return { merged, pems, tls, errors: stays ? [] : errors.map(errorText), diagnostics };
}

/** Of `tcpServersTransport`. It says how TLS is spoken where a server asks for it, and turns nothing on. */
export interface DefaultTls {
  readonly pems: readonly Pem[];
  readonly tls: ServerTls | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export function compileDefaultTls(
  { tls: section }: DefaultTransportConfig,
  { materials, spiffe, mayReuse }: TransportTlsContext,
  previous: DefaultTls | undefined,
): DefaultTls {
  const config = section ? { tls: section } : { tls: {} };
  const pems = pemsOf(config, materials);
  const isSame = previous !== undefined && pems.every((pem, i) => pem === previous.pems[i]);
  if (mayReuse && isSame) return previous;
  const { tls: read, problems } = tlsOf(config, materials, spiffe);
  const diagnostics = problems.map(({ path, ...rest }): Diagnostic => ({
    ...rest,
    object: { kind: 'option', name: `tcpServersTransport.${path}` },
    at: { kind: 'static', option: `tcpServersTransport.${path}`, source: 'static configuration' },
  }));
  return { pems, tls: read ?? previous?.tls, diagnostics };
}

function pemsOf({ tls }: Section, materials: Materials): readonly Pem[] {
  const { rootCAs = [], certificates = [] } = tls ?? {};
  const pairs = certificates.flatMap(({ certFile = '', keyFile = '' }) => [certFile, keyFile]);
  return [...rootCAs, ...pairs].map((value) => materials.pem(value));
}

interface Made {
  readonly tls: ServerTls | undefined;
  readonly problems: readonly Problem[];
}

function tlsOf(config: Section, materials: Materials, spiffe: SpiffeTlsFor | undefined): Made {
  const wanted = config.spiffe ?? config.tls?.spiffe;
  const { serverName = '', peerCertURI = '' } = config.tls ?? {};
  if (wanted !== undefined) {
    if (spiffe === undefined) return { tls: undefined, problems: [spiffeIsOff(config)] };
    const { ids = [], trustDomain = '' } = wanted;
    const uri = peerCertURI === '' ? undefined : peerCertURI;
    return { tls: spiffe({ ids, trustDomain, serverName, uri }), problems: [] };
  }
  if (config.tls === undefined) return { tls: undefined, problems: [] };
  const { settings, problems } = readOrigination(config.tls, 'tls', materials);
  return { tls: settings && new Origination(settings), problems };
}

/** BUG-17 of Traefik: a crash at the first handshake. */
const spiffeIsOff = ({ spiffe }: Section): Problem => ({
  path: spiffe ? 'spiffe' : 'tls.spiffe',
  code: 'missing',
  severity: 'error',
  message: 'SPIFFE is off',
  fix: 'write spiffe.workloadAPIAddr in the static configuration, or set SPIFFE_ENDPOINT_SOCKET',
});
