import assert from 'node:assert/strict';
import test from 'node:test';
import type { MiddlewareConfig } from '../../../src/config/model.js';
import { compile, type Compiled } from '../../../src/routing/compile.js';
import { compileOptions } from '../../support/compile-options.js';
import { mergedConfig, middleware, router, service } from '../../support/merged.js';

const options = compileOptions();
const S = service('s@docker', ['a:1']);

/** Middlewares by name, and a router that names them all. */
function compiled(configs: Readonly<Record<string, MiddlewareConfig>>, previous?: Compiled) {
  const names = Object.keys(configs);
  const objects = {
    routers: [router('r@docker', { rule: 'HostSNI(`*`)', service: 's', middlewares: names })],
    services: [S],
    middlewares: Object.entries(configs).map(([name, config]) =>
      middleware(`${name}@docker`, config),
    ),
  };
  return compile(mergedConfig(objects), options, previous);
}

const chain = ({ table }: Compiled) => table.of('tcp').plain[0]?.middlewares ?? [];
const admits = (result: Compiled, address: string, now = 0) =>
  chain(result).map((each) => each.admits(address, now));

test('middlewares stand in the order in which the router lists them', () => {
  const result = compiled({
    z: { ipDenyList: { sourceRange: ['10.0.0.1'] } },
    a: { ipAllowList: { sourceRange: ['10.0.0.0/8'] } },
    w: { ipWhiteList: { sourceRange: ['10.0.0.2'] } },
    f: { inFlightConn: { amount: 0n } },
    l: { rateLimit: { average: 1 } },
  });
  assert.deepEqual(
    chain(result).map(({ name, denial }) => `${name} ${denial}`),
    [
      'z@docker address',
      'a@docker address',
      'w@docker address',
      'f@docker in-flight',
      'l@docker rate',
    ],
  );
  assert.deepEqual(admits(result, '10.0.0.2'), [true, true, true, false, true]);
  assert.deepEqual(admits(result, '10.0.0.1'), [false, true, false, false, true]);
});

test('routers that name one middleware share its counts', () => {
  const result = compile(
    mergedConfig({
      routers: ['r', 'q'].map((name) =>
        router(`${name}@docker`, { rule: 'HostSNI(`*`)', service: 's', middlewares: ['m'] }),
      ),
      services: [S],
      middlewares: [middleware('m@docker', { inFlightConn: { amount: 1n } })],
    }),
    options,
    undefined,
  );
  const [one, other] = result.table.of('tcp').plain.map(({ middlewares }) => middlewares[0]);
  assert.ok(one?.admits('a', 0));
  assert.equal(other?.admits('a', 0), false);
});

test('counts belong to the name, whatever becomes of its settings', () => {
  const before = compiled({
    m: { inFlightConn: { amount: 1n } },
    n: { rateLimit: { average: 1 } },
  });
  assert.deepEqual(admits(before, 'a'), [true, true]);
  const after = compiled(
    { m: { inFlightConn: { amount: 2n } }, n: { rateLimit: { average: 0.5 } } },
    before,
  );
  assert.deepEqual(admits(after, 'a'), [true, false]);
  assert.deepEqual(admits(after, 'a'), [false, false]);
});

test('open connections are remembered while nobody configures their middleware, and no longer', () => {
  const limit = { m: { inFlightConn: { amount: 1n } } };
  const before = compiled(limit);
  const [passed] = chain(before);
  assert.deepEqual(admits(before, 'a'), [true]);
  const meanwhile = compiled({}, compiled({}, before));
  assert.deepEqual(admits(compiled(limit, meanwhile), 'a'), [false]);
  passed?.leave('a');
  assert.deepEqual(admits(compiled(limit, meanwhile), 'a'), [true]);
});

test('counts outlive a middleware that is broken for a while', () => {
  const limit = { m: { inFlightConn: { amount: 1n } } };
  const before = compiled(limit);
  assert.deepEqual(admits(before, 'a'), [true]);
  const meanwhile = compiled({ m: { ipAllowList: { sourceRange: ['nonsense'] } } }, before);
  assert.deepEqual(chain(meanwhile), []);
  assert.equal(meanwhile.table.of('tcp').plain[0]?.service, undefined);
  assert.deepEqual(admits(compiled(limit, meanwhile), 'a'), [false]);
});
