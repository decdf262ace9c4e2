import assert from 'node:assert/strict';
import type { CompileOptions } from '../../src/routing/compile.js';
import type { EntryPointInfo } from '../../src/routing/entry-points.js';

export const entryPoint = (name: string, rest: Partial<EntryPointInfo> = {}): EntryPointInfo => ({
  name,
  protocol: 'tcp',
  asDefault: false,
  sniffTimeout: 3000,
  ...rest,
});

/** Entry points `tcp`, `alt` and `traefik`, and what a program without configuration has. */
export const compileOptions = (rest: Partial<CompileOptions> = {}): CompileOptions => ({
  entryPoints: [entryPoint('tcp'), entryPoint('alt'), entryPoint('traefik')],
  precedence: ['docker', 'file', 'consulcatalog'],
  defaultTransport: {
    dialTimeout: 30_000,
    dialKeepAlive: 15_000,
    terminationDelay: 100,
    tls: undefined,
  },
  defaultRuleSyntax: 'v3',
  builtIn: new Set(['traefik']),
  tls: { secret: Buffer.alloc(32), selfSigned: () => assert.fail('nobody needs it') },
  portOf: (name) => (name === 'http' ? 80 : undefined),
  spiffe: undefined,
  connect: () => ({ handshakeWith: () => ({ reason: 'no-identity', detail: '' }) }),
  ...rest,
});
