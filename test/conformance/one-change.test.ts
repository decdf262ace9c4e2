import assert from 'node:assert/strict';
import test from 'node:test';
import { dockerProvider } from '../../providers/docker/docker.js';
import type { Snapshot } from '../../src/config/provider.js';
import { merge } from '../../src/control/merge.js';
import { compile } from '../../src/routing/compile.js';
import { compileOptions, entryPoint } from '../support/compile-options.js';
import { dockerConfig } from '../support/docker.js';
import { eventually } from '../support/eventually.js';
import { FakeEngine } from '../support/fake-engine.js';
import { follow } from '../support/following.js';

const MANY = 100;

const labelled = (name: string, host = name) => ({
  name,
  ports: ['5432/tcp'],
  labels: {
    [`traefik.tcp.routers.${name}.rule`]: `HostSNI(\`${host}.test\`)`,
    [`traefik.tcp.routers.${name}.entrypoints`]: 'db',
    [`traefik.tcp.routers.${name}.tls.passthrough`]: 'true',
  },
});

test('one change costs one inspection and makes what it concerns anew; all else is carried over', async (t) => {
  const names = Array.from({ length: MANY }, (_, index) => `app${index}`);
  const engine = new FakeEngine(...names.map((name) => labelled(name)));
  const following = follow(t, dockerProvider(dockerConfig(), engine.outside()));
  const latest = (count: number): Promise<Snapshot> =>
    eventually(`snapshot ${count}`, () => following.snapshots[count - 1]);
  const options = compileOptions({ entryPoints: [entryPoint('db')] });

  const before = await latest(1);
  const merged = merge(new Map([['docker', before]]), new Set());
  const compiled = compile(merged, options, undefined);
  engine.asked.length = 0;
  engine.put(labelled('app7', 'other'));
  engine.emit('start', 'app7');
  const after = await latest(2);
  assert.deepEqual(engine.asked, ['inspect app7']);

  const known = new Set<unknown>(before.parts);
  const fresh = after.parts.filter((part) => !known.has(part));
  assert.deepEqual(
    fresh.map(({ owner }) => owner.name),
    ['app7'],
  );

  const remerged = merge(new Map([['docker', after]]), new Set(), merged);
  assert.equal(remerged.services, merged.services);
  assert.deepEqual(different(merged.routers, remerged.routers), ['app7@docker']);

  const recompiled = compile(remerged, options, compiled);
  const [was, is] = [compiled.runtime, recompiled.runtime];
  assert.deepEqual(different(was.routers, is.routers), ['app7@docker']);
  assert.equal(was.services, is.services);
  const routes = new Set(compiled.table.of('db').tls);
  const others = recompiled.table.of('db').tls.filter((route) => !routes.has(route));
  assert.deepEqual(
    others.map(({ name }) => name),
    ['app7@docker'],
  );
  assert.equal(recompiled.table.of('db').tls.length, MANY);
});

/** The names whose objects are not the same. */
const different = (was: ReadonlyMap<string, unknown>, is: ReadonlyMap<string, unknown>) =>
  [...is].filter(([name, object]) => was.get(name) !== object).map(([name]) => name);
