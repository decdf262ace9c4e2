import assert from 'node:assert/strict';
import test from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { compile, type Compiled } from '../../src/routing/compile.js';
import type { RoutingTable } from '../../src/routing/table.js';
import type { Client } from '../support/clients.js';
import { compileOptions } from '../support/compile-options.js';
import { eventually, until } from '../support/eventually.js';
import { mergedConfig, router, service } from '../support/merged.js';
import { startProxy, type RunningProxy } from '../support/proxy.js';
import { echo, startServer } from '../support/servers.js';

const SWAPS = 200;
const CONNECTIONS = 50;

setFlagsFromString('--expose-gc');
// Only contexts that are made after the flag have it.
const collectGarbage = runInNewContext('gc') as () => void;

/** Asks and is answered, again and again; each answer is checked. */
class Talk {
  rounds = 0;
  #isOver = false;
  readonly #done: Promise<void>;

  constructor(client: Client) {
    this.#done = this.#speak(client);
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#done;
  }

  async #speak(client: Client): Promise<void> {
    for (; !this.#isOver; this.rounds += 1) {
      const word = `${this.rounds};`;
      await client.send(word).gets(word);
    }
  }
}

/** Comes, is served and goes. */
async function visit(running: RunningProxy): Promise<void> {
  const client = running.client().finish('hello');
  assert.equal(await client.ended, 'fin');
  assert.equal(client.received, 'hello');
}

/** Its router is another one each time, and so are the servers beside the first. */
const moment = (n: number, addresses: readonly string[]) =>
  mergedConfig({
    routers: [
      router('db@docker', {
        rule: 'HostSNI(`*`)',
        entryPoints: ['tcp'],
        service: 'db',
        priority: BigInt(n + 1),
      }),
    ],
    services: [service('db@docker', addresses)],
  });

/** A function of its own: a variable of the test would keep the last table. */
function partsOf(table: RoutingTable): readonly WeakRef<object>[] {
  const routes = table.of('tcp');
  return [table, routes, ...routes.plain].map((part) => new WeakRef(part));
}

test(`${SWAPS} swaps under ${CONNECTIONS} connections: none is lost, none is cut, old tables are garbage`, async (t) => {
  const first = await startServer(t, echo);
  const second = await startServer(t, echo);
  const options = compileOptions();
  const running = await startProxy(t);
  const old: WeakRef<object>[] = [];
  let swaps = 0;
  let compiled: Compiled | undefined;
  const swap = () => {
    const both = [first.address, second.address];
    compiled = compile(moment(swaps, swaps % 2 === 0 ? both : both.slice(0, 1)), options, compiled);
    running.proxy.apply(compiled.table);
    old.push(...partsOf(compiled.table));
    swaps += 1;
  };
  swap();

  const clients = Array.from({ length: CONNECTIONS }, () => running.client());
  const talks = clients.map((client) => new Talk(client));
  await until('all talk', () => talks.every(({ rounds }) => rounds > 0));
  const before = talks.map(({ rounds }) => rounds);
  while (swaps <= SWAPS) {
    swap();
    await visit(running);
  }
  const after = talks.map(({ rounds }) => rounds);
  await Promise.all(talks.map((talk) => talk.end()));

  assert.ok(
    after.every((rounds, index) => rounds > (before[index] ?? 0) + 10),
    'all went on talking',
  );
  assert.equal(running.open(), CONNECTIONS);
  assert.deepEqual(await running.ended(SWAPS), Array(SWAPS).fill('done'));
  const servers = new Set([...running.proxy.sessions.of('tcp')].map(({ server }) => server));
  assert.deepEqual(
    [...servers].map((server) => server?.open),
    [CONNECTIONS / 2, CONNECTIONS / 2],
  );

  // All sessions were accepted under tables of the past, and are still open.
  assert.equal(old.length, 3 * (SWAPS + 1));
  compiled = compile(mergedConfig({}), options, compiled);
  running.proxy.apply(compiled.table);
  await eventually('the old tables are garbage', () => {
    collectGarbage();
    return old.every((part) => part.deref() === undefined) ? true : undefined;
  });
  for (const client of clients) {
    await client.send('still here').gets('still here');
    client.finish();
    assert.equal(await client.ended, 'fin');
  }
  await until('all are gone', () => [...servers].every((server) => server?.open === 0));
});
