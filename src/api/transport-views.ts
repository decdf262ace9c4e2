import { formatDuration } from '../config/decode/values.js';
import type { ServersTransportConfig, TlsOptionsConfig } from '../config/model.js';
import { pathOrContent } from '../config/pem.js';
import type { DefaultTransportConfig } from '../config/static.js';
import { settingsOf } from '../routing/transports.js';
import type { Json } from './json.js';
import { list, set, text, type View } from './members.js';

type TlsConfig = NonNullable<ServersTransportConfig['tls']>;
type SpiffeConfig = NonNullable<ServersTransportConfig['spiffe']>;

/**
 * A servers transport without `name` and `provider`: the times that are in force, a zero too, since
 * it is no default here. Nothing that could be a key (D26).
 */
export function serversTransportView(
  config: ServersTransportConfig,
  defaults: DefaultTransportConfig,
): View {
  const { dialTimeout, dialKeepAlive, terminationDelay } = settingsOf(config, defaults);
  const { proxyProtocol, tls, spiffe } = config;
  return {
    dialKeepAlive: formatDuration(dialKeepAlive),
    dialTimeout: formatDuration(dialTimeout),
    terminationDelay: formatDuration(terminationDelay),
    proxyProtocol: proxyProtocol && { version: proxyProtocol.version ?? 2 },
    tls: tls && tlsView(tls),
    spiffe: spiffe && spiffeView(spiffe),
  };
}

function tlsView({ certificates = [], spiffe, ...tls }: TlsConfig): Json {
  const pairs = certificates.map(({ certFile, keyFile }) => ({
    certFile: shown(certFile),
    keyFile: shown(keyFile),
  }));
  return {
    serverName: text(tls.serverName),
    insecureSkipVerify: set(tls.insecureSkipVerify),
    rootCAs: list(tls.rootCAs?.map(pathOrContent)),
    certificates: pairs.length === 0 ? undefined : pairs,
    peerCertURI: text(tls.peerCertURI),
    spiffe: spiffe && spiffeView(spiffe),
  };
}

const spiffeView = ({ ids, trustDomain }: SpiffeConfig): Json => ({
  ids: list(ids),
  trustDomain: text(trustDomain),
});

const shown = (value = '') => (value === '' ? undefined : pathOrContent(value));

/** TLS options without `name` and `provider`. */
export function tlsOptionsView(config: TlsOptionsConfig): View {
  const { clientAuth } = config;
  return {
    minVersion: text(config.minVersion),
    maxVersion: text(config.maxVersion),
    cipherSuites: list(config.cipherSuites),
    curvePreferences: list(config.curvePreferences),
    clientAuth: clientAuth && {
      caFiles: list(clientAuth.caFiles?.map(pathOrContent)),
      clientAuthType: text(clientAuth.clientAuthType),
    },
    sniStrict: set(config.sniStrict),
    alpnProtocols: list(config.alpnProtocols),
    disableSessionTickets: set(config.disableSessionTickets),
    preferServerCipherSuites: config.preferServerCipherSuites,
  };
}
