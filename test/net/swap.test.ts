import assert from 'node:assert/strict';
import test from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { RoutingTable } from '../../src/routing/table.js';
import type { Client } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startProxy, type RunningProxy } from '../support/proxy.js';
import { echo, startServer } from '../support/servers.js';
import { route, server, service, table } from '../support/tables.js';

const SWAPS = 200;
const CONNECTIONS = 50;

setFlagsFromString('--expose-gc');
// Only contexts that are made after the flag have it.
const collectGarbage = runInNewContext('gc') as () => void;

/** Asks and is answered, again and again; each answer is checked. */
async function talk(client: Client, until: () => boolean): Promise<number> {
  let rounds = 0;
  for (; !until(); rounds += 1) {
    const word = `${rounds};`;
    await client.send(word).gets(word);
  }
  return rounds;
}

/** Comes, is served and goes, again and again. */
async function visit(running: RunningProxy, until: () => boolean): Promise<number> {
  let visits = 0;
  for (; !until(); visits += 1) {
    const client = running.client().finish('hello');
    assert.equal(await client.ended, 'fin');
    assert.equal(client.received, 'hello');
  }
  return visits;
}

/** A function of its own: a variable of the test would keep the last table. */
function swap(running: RunningProxy, next: RoutingTable): readonly WeakRef<object>[] {
  running.proxy.apply(next);
  const routes = next.of('tcp');
  return [next, routes, ...routes.plain].map((part) => new WeakRef(part));
}

test(`${SWAPS} swaps under ${CONNECTIONS} connections: none is lost, none is cut, old tables are garbage`, async (t) => {
  const { port } = await startServer(t, echo);
  const far = server(port);
  const fresh = (): RoutingTable => table({ tcp: [route(service([far]))] });
  const running = await startProxy(t);
  swap(running, fresh());
  const old: WeakRef<object>[] = [];
  let isOver = false;
  const until = () => isOver;

  const clients = Array.from({ length: CONNECTIONS }, () => running.client());
  const talks = clients.map((client) => talk(client, until));
  const visits = Array.from({ length: 4 }, () => visit(running, until));
  for (let swaps = 0; swaps < SWAPS; swaps += 1) {
    old.push(...swap(running, fresh()));
    await new Promise((resolve) => setImmediate(resolve));
  }
  isOver = true;
  const rounds = await Promise.all(talks);
  await Promise.all(visits);

  assert.equal(
    rounds.every((count) => count > 0),
    true,
  );
  assert.equal(running.open(), CONNECTIONS);
  assert.deepEqual(new Set(running.ends()), new Set(['done']));
  assert.equal(far.open, CONNECTIONS);

  // All sessions were accepted under tables of the past, and are still open.
  running.proxy.apply(table({ tcp: [] }));
  await eventually('the old tables are garbage', () => {
    collectGarbage();
    return old.every((part) => part.deref() === undefined) ? true : undefined;
  });
  for (const client of clients) {
    await client.send('still here').gets('still here');
    client.finish();
    assert.equal(await client.ended, 'fin');
  }
  assert.equal(far.open, 0);
});
