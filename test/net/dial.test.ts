import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { once } from 'node:events';
import test, { type TestContext } from 'node:test';
import { Deadlines } from '../../src/async/deadlines.js';
import { Dial, type DialOwner, type DialSettings, type Target } from '../../src/net/dial.js';
import type { OpeningSteps } from '../../src/net/server-opening.js';
import { Resolver } from '../../src/net/resolve.js';
import { until } from '../support/eventually.js';
import { startServer } from '../support/servers.js';
import { startSilentServer } from '../support/silent-server.js';
import { ignore, readBytes } from '../support/sockets.js';

const SETTINGS: DialSettings = { dialTimeout: 30_000 };

/** Hands out targets in turn and notes how the dial ends. */
class Dialler implements DialOwner<Target> {
  readonly #targets: Target[];
  asked = 0;
  outcome: 'dialled' | 'failed' | 'timeout' | undefined;
  socket: Socket | undefined;
  reached: Target | undefined;

  constructor(targets: readonly Target[]) {
    this.#targets = [...targets];
  }

  nextTarget(): Target | undefined {
    const target = this.#targets.shift();
    if (target) this.asked += 1;
    return target;
  }

  /** Who is to be asked for TLS first. */
  opens: Target | undefined;

  isRemoved(): boolean {
    return false;
  }

  openingFor(target: Target): OpeningSteps | undefined {
    if (target !== this.opens) return undefined;
    return { header: undefined, isPostgres: true, tls: undefined };
  }

  dialled(socket: Socket, target: Target): void {
    assert.equal(this.outcome, undefined, 'the owner is told once');
    socket.on('error', ignore);
    this.outcome = 'dialled';
    this.socket = socket;
    this.reached = target;
  }

  dialFailed(reason: 'failed' | 'timeout'): void {
    assert.equal(this.outcome, undefined, 'the owner is told once');
    this.outcome = reason;
  }
}

function dialling(
  t: TestContext,
  targets: readonly Target[],
  settings: Partial<DialSettings> = {},
  resolver?: Resolver,
): { dialler: Dialler; dial: Dial<Target> } {
  const timers = new Deadlines();
  const dialler = new Dialler(targets);
  const options = { timers, resolver: resolver ?? new Resolver(timers) };
  const dial = new Dial(dialler, { ...SETTINGS, ...settings }, options);
  dial.start();
  t.after(() => {
    dial.cancel();
    dialler.socket?.destroy();
  });
  return { dialler, dial };
}

const at = (host: string, port: number): Target => ({ host, port, dialKeepAlive: 15_000 });
const local = (port: number) => at('127.0.0.1', port);

const alive = async (t: TestContext) => local((await startServer(t, ignore)).port);

/** A port where nobody listens. */
async function refusing(t: TestContext): Promise<Target> {
  const { port, server } = await startServer(t, ignore);
  server.close();
  await once(server, 'close');
  return local(port);
}

const over = (dialler: Dialler) => until('the dial is over', () => dialler.outcome !== undefined);

const reasons = (dial: Dial<Target>) => dial.failures.map(({ reason }) => reason);

test('the first server that is there is taken, with a socket that can be half-closed', async (t) => {
  const accepted: Socket[] = [];
  const { port } = await startServer(t, (socket) => accepted.push(socket));
  const { dialler, dial } = dialling(t, [local(port), local(1)]);
  await over(dialler);
  assert.equal(dialler.outcome, 'dialled');
  assert.deepEqual([dialler.asked, dial.failures], [1, []]);
  await until('it is accepted', () => accepted.length === 1);
  accepted[0]?.end('bye');
  assert.equal((await readBytes(dialler.socket ?? assert.fail(), 3)).toString(), 'bye');
  assert.equal(dialler.socket?.allowHalfOpen, true);
});

test('a server that refuses is followed by the next one at once', async (t) => {
  const dead = await refusing(t);
  const there = await alive(t);
  const { dialler, dial } = dialling(t, [dead, there]);
  await over(dialler);
  assert.deepEqual([dialler.outcome, dialler.reached], ['dialled', there]);
  assert.deepEqual(reasons(dial), ['refused']);
  assert.equal(dial.failures[0]?.address, `127.0.0.1:${dead.port}`);
  assert.equal(dial.failures[0]?.target, dead);
});

test('three servers are tried at most', async (t) => {
  const dead = await refusing(t);
  const { dialler, dial } = dialling(t, [dead, dead, dead, await alive(t)]);
  await over(dialler);
  assert.deepEqual([dialler.outcome, dialler.asked], ['failed', 3]);
  assert.deepEqual(reasons(dial), ['refused', 'refused', 'refused']);
});

test('no server at all fails at once', (t) => {
  const { dialler, dial } = dialling(t, []);
  assert.deepEqual([dialler.outcome, dial.failures], ['failed', []]);
});

test('a server that is slow is raced by the next one, and closed before any byte', async (t) => {
  const silent = local(await startSilentServer(t));
  const there = await alive(t);
  const { dialler, dial } = dialling(t, [silent, there], { dialTimeout: 900 });
  await over(dialler);
  assert.deepEqual([dialler.outcome, dialler.reached], ['dialled', there]);
  assert.deepEqual(reasons(dial), ['overtaken']);
  assert.ok((dial.failures[0]?.ms ?? 0) >= 300, 'not before a third of the dial timeout');
});

test('after a server that fails late when it is told what comes first, a slow one is raced as well', async (t) => {
  const { port } = await startServer(t, (socket) => {
    setTimeout(() => socket.destroy(), 700);
  });
  const late = local(port);
  const silent = local(await startSilentServer(t));
  const there = await alive(t);
  const { dialler, dial } = dialling(t, [late, silent, there], { dialTimeout: 1_500 });
  dialler.opens = late;
  await over(dialler);
  assert.deepEqual([dialler.outcome, dialler.reached], ['dialled', there]);
  assert.deepEqual(reasons(dial), ['reset', 'overtaken']);
});

test('a slow server is still waited for while those that race it fail', async (t) => {
  const silent = local(await startSilentServer(t));
  const dead = await refusing(t);
  const { dialler, dial } = dialling(t, [silent, dead, dead], { dialTimeout: 600 });
  await over(dialler);
  assert.equal(dialler.outcome, 'timeout');
  assert.deepEqual(reasons(dial), ['refused', 'refused', 'timeout']);
});

test('the dial timeout bounds all attempts together', async (t) => {
  const silent = local(await startSilentServer(t));
  const { dialler, dial } = dialling(t, [silent, silent, silent], { dialTimeout: 300 });
  await over(dialler);
  assert.equal(dialler.outcome, 'timeout');
  assert.deepEqual(reasons(dial), ['timeout', 'timeout', 'timeout']);
});

test('a negative dial timeout fails at once, and nothing is dialled', (t) => {
  const { dialler, dial } = dialling(t, [local(1)], { dialTimeout: -1 });
  assert.deepEqual([dialler.outcome, dialler.asked, dial.failures], ['timeout', 0, []]);
});

test('a dial timeout of 0 is no timeout, and a slow server is raced all the same', async (t) => {
  const silent = local(await startSilentServer(t));
  const there = await alive(t);
  const { dialler } = dialling(t, [silent, there], { dialTimeout: 0 });
  const started = performance.now();
  await over(dialler);
  const ms = performance.now() - started;
  assert.deepEqual([dialler.outcome, dialler.reached], ['dialled', there]);
  assert.ok(ms > 2_500, `raced after ${ms} ms`);
});

test('a dial that is cancelled leaves no socket and tells nobody', async (t) => {
  const silent = local(await startSilentServer(t));
  const { dialler, dial } = dialling(t, [silent]);
  dial.cancel();
  assert.deepEqual(reasons(dial), ['cancelled']);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(dialler.outcome, undefined);
});

test('a name is tried at each of its addresses, the families in turn', async (t) => {
  const { port } = await startServer(t, ignore);
  const asked: string[] = [];
  const resolver = new Resolver(new Deadlines(), (name, callback) => {
    asked.push(name);
    setImmediate(callback, null, ['127.0.0.2', '127.0.0.3', '::1', '127.0.0.1']);
  });
  const { dialler, dial } = dialling(t, [at('db', port)], {}, resolver);
  await over(dialler);
  assert.equal(dialler.outcome, 'dialled');
  assert.deepEqual(
    dial.failures.map(({ address }) => address),
    [`127.0.0.2:${port}`, `[::1]:${port}`, `127.0.0.3:${port}`],
  );
  assert.deepEqual(asked, ['db']);
});

test('the system knows names', async (t) => {
  const { port } = await startServer(t, ignore);
  const { dialler } = dialling(t, [at('localhost', port)]);
  await over(dialler);
  assert.equal(dialler.outcome, 'dialled');
});

test('a name that does not exist is a reason of its own, and the next server is tried', async (t) => {
  const resolver = new Resolver(new Deadlines(), (_, callback) => {
    setImmediate(callback, Object.assign(new Error('gone'), { code: 'ENOTFOUND' }), []);
  });
  const there = await alive(t);
  const { dialler, dial } = dialling(t, [at('gone', 80), there], {}, resolver);
  await over(dialler);
  assert.equal(dialler.reached, there);
  assert.deepEqual(
    dial.failures.map(({ address, reason }) => [address, reason]),
    [['gone:80', 'name-not-found']],
  );
});

test('a name server that does not answer is raced and timed out like a server', async (t) => {
  const resolver = new Resolver(new Deadlines(), () => {});
  const { dialler, dial } = dialling(t, [at('db', 80)], { dialTimeout: 200 }, resolver);
  await over(dialler);
  assert.deepEqual([dialler.outcome, reasons(dial)], ['timeout', ['timeout']]);
});
