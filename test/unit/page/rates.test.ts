import assert from 'node:assert/strict';
import test from 'node:test';
import { AT_REST, Rates } from '../../../page/rates.js';
import { live } from '../../support/page.js';

const of = (clockMs: number, sent: number, received = 0) =>
  live({
    clockMs,
    open: 2,
    routers: { 'r@file': { open: 2, sent, received } },
    services: { 's@file': { sent, servers: { 'a:1': { received } } } },
  });

test('a rate is what came between two looks, by the clock of the proxy', () => {
  const rates = new Rates();
  rates.look(of(1_000, 500, 100));
  assert.deepEqual(rates.of('router:r@file'), { ...AT_REST, open: 2 });
  rates.look(of(3_000, 2_500, 300));
  const { open, fromClients, toClients, history } = rates.of('router:r@file');
  assert.deepEqual([open, fromClients, toClients, history], [2, 1_000, 100, [1_100]]);
  assert.equal(rates.of('service:s@file').fromClients, 1_000);
  assert.equal(rates.of('server:s@file a:1').toClients, 100);
});

test('all is what routers took', () => {
  const rates = new Rates();
  rates.look(of(1_000, 0));
  rates.look({ ...of(2_000, 700), entryPoints: { traefik: { sent: 9_999 } } });
  assert.deepEqual([rates.of('all').open, rates.of('all').fromClients], [2, 700]);
});

test('a counter that begins anew is no rate below nothing', () => {
  const rates = new Rates();
  rates.look(of(1_000, 5_000));
  rates.look(of(2_000, 10));
  assert.equal(rates.of('router:r@file').fromClients, 0);
});

test('after a restart everything begins anew', () => {
  const rates = new Rates();
  rates.look(of(50_000, 100));
  rates.look(of(1_000, 90_000));
  assert.deepEqual(rates.of('router:r@file').history, []);
  rates.look(of(2_000, 90_500));
  assert.equal(rates.of('router:r@file').fromClients, 500);
});

test('what first appears has no rate yet, and what has gone is forgotten', () => {
  const rates = new Rates();
  rates.look(live({ clockMs: 1_000 }));
  rates.look(of(2_000, 5_000_000));
  assert.equal(rates.of('router:r@file').fromClients, 0);
  rates.look(live({ clockMs: 3_000 }));
  assert.equal(rates.of('router:r@file'), AT_REST);
});

test('two minutes are remembered', () => {
  const rates = new Rates();
  for (let look = 0; look < 100; look += 1) rates.look(of(look * 2_000 + 1, look));
  assert.equal(rates.of('router:r@file').history.length, 60);
});
