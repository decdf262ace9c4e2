import { NoAgent, RefusedError } from '../providers/consul/refusal.js';
import { connectIdentity } from '../providers/consul/connect-identity.js';
import { providerName } from '../providers/consul/naming.js';
import { TimeoutError } from './async/delay.js';
import { connectPath } from './config/connect.js';
import type { Diagnostic } from './config/diagnostic.js';
import type { ConsulCatalogConfig } from './config/static.js';
import type { ServerTls } from './net/server-tls.js';
import type { ConnectTlsFor } from './routing/transport-tls.js';
import { connectResponse } from './spiffe/connect-response.js';
import { connectWords, findingOf } from './spiffe/finding.js';
import { SpiffeTls } from './spiffe/spiffe-tls.js';
import { connectionError } from './spiffe/workload-api-error.js';
import { X509Source, type SpiffeState, type Trouble, type X509Feed } from './spiffe/x509-source.js';
import type { Logger } from './telemetry/log.js';

/** Who we are on Consul Connect, one identity for each provider of Consul. */
export interface Connect {
  readonly tls: ConnectTlsFor;
  /** What is wrong with it now. */
  readonly findings: () => readonly Diagnostic[];
  /** By provider. */
  readonly states: () => ReadonlyMap<string, SpiffeState>;
  /** Resolves once the provider's identity is there, or is known not to come soon (CNS-16). */
  settled(provider: string): Promise<void>;
  /** Follows the agent until the abort. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

/** Without `connectAware` there is none. `changed`: its findings may be others. */
export function configuredConnect(
  config: ConsulCatalogConfig | undefined,
  log: Logger,
  changed: () => void,
): Connect {
  const namespaces = config?.namespaces.length === 0 ? [''] : (config?.namespaces ?? []);
  const identities = new Map<string, Identity>();
  if (config?.connectAware) {
    for (const namespace of namespaces) {
      const name = providerName(namespace);
      identities.set(name, identityOf(config, namespace, name, log, changed));
    }
  }
  const all = [...identities];
  return {
    tls(provider, peer) {
      const source = identities.get(provider)?.source;
      if (source === undefined) return OFF;
      const { namespace, datacenter, service } = peer;
      return new SpiffeTls(source, {
        authorizer: { kind: 'path', path: connectPath(peer) },
        serverName: `${namespace}-${datacenter}-${service}`,
        uri: undefined,
      });
    },
    findings: () =>
      all.flatMap(([name, { source }]) => {
        const words = connectWords(name, config?.endpoint.address ?? '');
        return findingOf(source.state(), words) ?? [];
      }),
    states: () => new Map(all.map(([name, { source }]) => [name, source.state()])),
    async settled(provider) {
      await identities.get(provider)?.settled;
    },
    async run(signal) {
      await Promise.all(all.map(([, { source }]) => source.run(signal)));
    },
  };
}

const OFF: ServerTls = {
  handshakeWith: () => ({ reason: 'no-identity', detail: 'Consul Connect is off' }),
};

interface Identity {
  readonly source: X509Source;
  readonly settled: Promise<void>;
}

function identityOf(
  config: ConsulCatalogConfig,
  namespace: string,
  provider: string,
  log: Logger,
  changed: () => void,
): Identity {
  let settle = (): void => {};
  const settled = new Promise<void>((resolve) => (settle = resolve));
  const source = new X509Source({
    feed: connectFeed(config, namespace),
    changed(state, before) {
      if (state.status !== 'waiting') settle();
      const { spiffeId, expiresAt = 0 } = state;
      if (spiffeId !== undefined && expiresAt !== before.expiresAt) {
        const expires = new Date(expiresAt).toISOString();
        log.info({ provider, spiffeId, expires }, 'a Consul Connect identity has come');
      }
      changed();
    },
  });
  return { source, settled };
}

/** What the agent of Consul says of who we are. */
export const connectFeed = (config: ConsulCatalogConfig, namespace: string): X509Feed => ({
  async *messages(signal) {
    for await (const material of connectIdentity(config, namespace, signal)) {
      yield connectResponse(material);
    }
  },
  troubleOf,
});

function troubleOf(error: unknown): Trouble {
  const { reason, message } = connectionError(error);
  if (error instanceof RefusedError) {
    const isForbidden = error.status === 403 || error.status === 401;
    return { reason: isForbidden ? 'permission-denied' : 'refused', detail: message };
  }
  if (error instanceof TimeoutError) return { reason: 'timeout', detail: message };
  if (error instanceof NoAgent) return { reason: 'bad-answer', detail: error.message };
  return { reason, detail: message };
}
