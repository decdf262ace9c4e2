import assert from 'node:assert/strict';
import test from 'node:test';
import { jsonOf } from '../../../src/api/answer.js';
import { atOnce } from '../../../src/async/slices.js';
import { liveText, type LiveSources } from '../../../src/api/live.js';
import { NameMap } from '../../../src/config/name-map.js';
import { Counters } from '../../../src/telemetry/counters.js';
import type { Counted } from '../../../src/telemetry/object-figures.js';
import { apiSources, runtimeOf, textOf } from '../../support/api.js';
import { router, service } from '../../support/merged.js';

const RUNTIME = runtimeOf({
  routers: [router('r@file', { rule: 'HostSNI(`*`)', service: 's' })],
  services: [service('s@file', ['a:1', 'b:2']), service('idle@file', ['c:3'])],
});

const connection = (rest: Partial<Counted>): Counted => ({
  entryPoint: 'tcp',
  router: undefined,
  service: undefined,
  server: undefined,
  phase: 'data',
  sent: 0,
  received: 0,
  ...rest,
});

const live = (rest: Partial<LiveSources> = {}): unknown =>
  JSON.parse(
    textOf(
      atOnce(liveText({ ...apiSources({ runtime: () => RUNTIME }), ...rest }, { ready: true })),
    ),
  );

test('before anything happens, it is the state of servers and what listens', () => {
  assert.deepEqual(
    live({ listening: ['tcp'], revisions: () => ({ configuration: 2, findings: 3 }) }),
    {
      clockMs: 60_000,
      revisions: { configuration: 2, findings: 3 },
      health: { ready: true },
      open: 0,
      entryPoints: { tcp: {} },
      routers: {},
      services: {
        's@file': {
          servers: {
            'a:1': { status: 'UP', owners: ['of file'] },
            'b:2': { status: 'UP', owners: ['of file'] },
          },
        },
        'idle@file': { servers: {} },
      },
    },
  );
});

test('bytes are those that are counted and those that flow', () => {
  const counters = new Counters();
  const block = counters.blockOf('service', 's@file');
  counters.add(block, 'sent', 10);
  counters.add(block, 'received', 20);
  counters.add(block, 'failures', 2);
  const route = { router: 'r@file', service: 's@file', server: { address: 'a:1' } };
  const answer = live({
    counters,
    listening: ['tcp'],
    open: () => [connection({ ...route, sent: 1, received: 2 }), connection(route)],
  }) as Record<string, Record<string, object>>;
  const flowing = { open: 2, sent: 1, received: 2 };
  assert.equal(answer['open'], 2);
  assert.deepEqual(answer['entryPoints']?.['tcp'], flowing);
  assert.deepEqual(answer['routers']?.['r@file'], flowing);
  const { servers, ...figures } = answer['services']?.['s@file'] as { servers: object };
  assert.deepEqual(figures, { open: 2, sent: 11, received: 22, dialFailures: 2 });
  assert.deepEqual(Object.entries(servers)[0], [
    'a:1',
    { status: 'UP', owners: ['of file'], ...flowing },
  ]);
});

test('what has left is told as long as it is connected, and its servers have no status', () => {
  const counters = new Counters();
  counters.add(counters.blockOf('router', 'old@file'), 'sent', 5);
  counters.add(counters.blockOf('service', 'older@file'), 'sent', 5);
  const gone = { router: 'gone@file', service: 'gone@file', server: { address: 'x:1' }, sent: 1 };
  const answer = live({ counters, open: () => [connection(gone)] }) as {
    routers: object;
    services: Record<string, object>;
  };
  assert.deepEqual(answer.routers, { 'gone@file': { open: 1, sent: 1 } });
  assert.deepEqual(Object.keys(answer.services), ['gone@file', 'idle@file', 's@file']);
  assert.deepEqual(answer.services['gone@file'], {
    open: 1,
    sent: 1,
    servers: { 'x:1': { open: 1, sent: 1 } },
  });
});

test('who asks does not count', () => {
  const answer = live({
    listening: ['traefik'],
    open: () => [connection({ entryPoint: 'traefik' })],
  });
  assert.deepEqual((answer as { entryPoints: object }).entryPoints, { traefik: {} });
});

test('a name is text, whatever it looks like', () => {
  const router = '__proto__"</script>';
  const { routers } = live({ open: () => [connection({ router, phase: 'dial' })] }) as {
    routers: object;
  };
  assert.deepEqual(Object.entries(routers), [[router, { open: 1 }]]);
});

test('thousands of objects are told in slices, so that others have their turn', async () => {
  const counters = new Counters();
  const names = Array.from({ length: 20_000 }, (_, index) => `r${index}@file`);
  for (const name of names) counters.add(counters.blockOf('router', name), 'sent', 1);
  const [view] = RUNTIME.routers.values();
  assert.ok(view);
  const routers = NameMap.of(names.map((name) => [name, view]));
  const sources = apiSources({ counters, runtime: () => ({ ...RUNTIME, routers }) });
  const answer = jsonOf(liveText(sources, {}));
  assert.ok(answer instanceof Promise);
  const { body, status } = await answer;
  assert.equal(status, 200);
  assert.equal(
    Object.keys((JSON.parse(textOf(body)) as { routers: object }).routers).length,
    20_000,
  );
});
