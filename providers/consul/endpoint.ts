import { lookup } from 'node:dns';
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIPv6, type LookupFunction } from 'node:net';
import type { ConsulCatalogConfig, TlsFiles } from '../../src/config/static.js';

type Endpoint = ConsulCatalogConfig['endpoint'];

/** How the consul package reaches the agent. Its types know only some of this. */
export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly agent: HttpAgent | HttpsAgent;
  readonly socketPath?: string;
  readonly lookup?: LookupFunction;
  readonly headers: Readonly<Record<string, string>>;
}

const DEFAULT_PORT = 8500;

/** Reads the TLS files, which may throw. `address` is `host:port`, a URL, or `unix://PATH` (CNS-1). */
export function connectionTo(endpoint: Endpoint, namespace: string): ConnectionOptions {
  const headers = headersOf(endpoint, namespace);
  const { address, scheme, tls } = endpoint;
  if (address.startsWith('unix://')) {
    const socketPath = address.slice('unix://'.length);
    const agent = new HttpAgent({ keepAlive: true });
    return { host: 'localhost', port: DEFAULT_PORT, secure: false, agent, socketPath, headers };
  }
  const isUrl = /^https?:\/\//i.test(address);
  const url = new URL(isUrl ? address : `${scheme}://${address}`);
  const secure = url.protocol === 'https:';
  const usual = isUrl ? (secure ? 443 : 80) : DEFAULT_PORT;
  const bare = url.hostname.replace(/^\[|\]$/g, '');
  return {
    host: url.hostname,
    // A URL forgets the port that its scheme has anyway.
    port: Number(url.port || (/:(\d+)\/*$/.exec(address)?.[1] ?? usual)),
    secure,
    agent: secure ? new HttpsAgent(tlsOptions(tls)) : new HttpAgent({ keepAlive: true }),
    // The package asks the resolver for an IPv6 address with its brackets.
    ...(isIPv6(bare) && {
      lookup: (_host, options, answer) => lookup(bare, options, answer),
    }),
    headers,
  };
}

function headersOf({ httpAuth }: Endpoint, namespace: string): Readonly<Record<string, string>> {
  const credentials = httpAuth && `${httpAuth.username}:${httpAuth.password}`;
  return {
    // The package drops its own option `ns`.
    ...(namespace !== '' && { 'X-Consul-Namespace': namespace }),
    ...(credentials !== undefined && {
      Authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
    }),
  };
}

/** CNS-2: file paths only. */
function tlsOptions(tls: TlsFiles | undefined) {
  return {
    keepAlive: true,
    ...(tls?.ca && { ca: readFileSync(tls.ca) }),
    ...(tls?.cert && { cert: readFileSync(tls.cert) }),
    ...(tls?.key && { key: readFileSync(tls.key) }),
    rejectUnauthorized: tls?.insecureSkipVerify !== true,
  };
}
