import assert from 'node:assert/strict';
import type { RouterConfig } from '../../src/config/model.js';
import { compile } from '../../src/routing/compile.js';
import { match, type EntryPointRoutes } from '../../src/routing/table.js';
import { compileOptions, entryPoint } from '../support/compile-options.js';
import { mergedConfig, router, service } from '../support/merged.js';
import { conform } from './support/vectors.js';

interface Input {
  readonly routers: Readonly<Record<string, Written>>;
  readonly entryPoint?: unknown;
  readonly connections: readonly Connection[];
}

interface Written extends Pick<RouterConfig, 'rule' | 'ruleSyntax' | 'tls'> {
  readonly priority?: number;
}

interface Connection {
  readonly from?: string;
  readonly to?: string;
  readonly tls?: { readonly sni?: string; readonly alpn?: readonly string[] };
  readonly hex?: boolean;
  readonly postgres?: boolean;
  readonly fin?: boolean;
}

interface Answers {
  readonly answers: readonly string[];
}

/**
 * Who takes each connection, by the facts alone: what its first bytes do to it is for sockets to
 * show, and so is a TLS alert.
 */
conform<Input, Answers & { readonly variants?: readonly Answers[] }>('routes', (vector) => {
  const { input, traefik, sluice } = vector;
  assert.ok(sluice === undefined, 'we decided otherwise, in what only sockets can show');
  const routes = routesOf(input.routers);
  const isAboutBytes = ({ hex, postgres, fin }: Connection) =>
    hex === true || fin === true || (postgres === true && routes.tls.length > 0);
  assert.ok(input.entryPoint === undefined && !input.connections.some(isAboutBytes), 'bytes');
  assert.deepEqual(
    input.connections.map((connection) => takerOf(routes, connection)),
    traefik.answers.map(takerIn),
  );
});

function routesOf(written: Input['routers']): EntryPointRoutes {
  const routers = Object.entries(written).map(([name, { priority, ...config }]) => {
    const number = priority === undefined ? {} : { priority: BigInt(priority) };
    return router(`${name}@file`, { ...config, ...number, service: name });
  });
  const services = Object.keys(written).map((name) => service(`${name}@file`, ['a:1']));
  const options = compileOptions({ entryPoints: [entryPoint('tcp')] });
  return compile(mergedConfig({ routers, services }), options, undefined).table.of('tcp');
}

function takerOf({ plain, tls }: EntryPointRoutes, { from, to, tls: hello }: Connection): string {
  const route = match(tls.length > 0 && hello !== undefined ? tls : plain, {
    remoteAddress: from ?? to ?? '127.0.0.1',
    serverName: hello?.sni?.toLowerCase(),
    alpn: hello?.alpn ?? [],
  });
  return route?.service ? route.name.replace('@file', '') : 'nobody';
}

/** `raw:NAME` and `NAME (ALPN)` are NAME; whatever Traefik's HTTP half does, ours closes. */
function takerIn(answer: string): string {
  if (/^(?:closed|https?$|alert:|silence)/.test(answer)) return 'nobody';
  return answer.replace(/^raw:/, '').replace(/ \(.*\)$/, '');
}
