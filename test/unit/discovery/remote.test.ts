import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import type { Provider, Snapshot } from '../../../src/config/provider.js';
import { adviceFor } from '../../../src/config/trial.js';
import { remoteProvider } from '../../../src/discovery/remote.js';
import { serve } from '../../../src/discovery/serve.js';
import { until } from '../../support/eventually.js';
import { follow } from '../../support/following.js';
import { part, served, snapshot } from '../../support/parts.js';

/** A source whose every step the test tells it. */
class Scripted implements Provider {
  readonly name = 'docker';
  #steps: (Snapshot | Error)[] = [];
  #wake = (): void => {};
  watches = 0;
  /** Watches that came to their end. */
  closed = 0;
  refreshed = 0;

  tell(...steps: readonly (Snapshot | Error)[]): void {
    this.#steps.push(...steps);
    this.#wake();
  }

  refresh(): void {
    this.refreshed += 1;
  }

  async *watch(signal: AbortSignal): AsyncGenerator<Snapshot> {
    this.watches += 1;
    signal.addEventListener('abort', () => this.#wake());
    try {
      while (!signal.aborted) {
        const step = this.#steps.shift();
        if (step instanceof Error) throw step;
        if (step) yield step;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.closed += 1;
    }
  }
}

function apart(t: TestContext) {
  const source = new Scripted();
  const { port1, port2 } = new MessageChannel();
  t.after(() => port1.close());
  serve([source], port2, 50);
  return { source, remote: remoteProvider('docker', port1) };
}

const [a, b, c] = ['a', 'b', 'c'].map((name) => part(name, served('10.0.0.1:80', name)));
assert.ok(a && b && c);

test('snapshots come through, and what did not change in them stays the same object', async (t) => {
  const { source, remote } = apart(t);
  const { snapshots } = follow(t, remote);
  const [first, second] = [snapshot(a, b), snapshot(a, c, b)];
  source.tell(first, second, second);
  await until('all have come', () => snapshots.length === 3);
  assert.deepEqual(snapshots, [first, second, second]);
  const [one, two, confirmed] = snapshots;
  assert.equal(two?.parts[0], one?.parts[0]);
  assert.equal(two?.parts[2], one?.parts[1]);
  assert.equal(confirmed, two);
});

test('a snapshot of many pieces comes through whole, and the next one after it', async (t) => {
  const { source, remote } = apart(t);
  const { snapshots } = follow(t, remote);
  const many = Array.from({ length: 100 }, (_, n) => part(`p${n}`, served('10.0.0.1:80', `p${n}`)));
  const [first, second] = [snapshot(...many), snapshot(...many.slice(50), a)];
  source.tell(first, second);
  await until('both have come', () => snapshots.length === 2);
  assert.deepEqual(snapshots, [first, second]);
  assert.equal(snapshots[1]?.parts[0], snapshots[0]?.parts[50]);
});

test('an error keeps its words, its code and what helps; the next watch goes on from what is known', async (t) => {
  const { source, remote } = apart(t);
  const before = follow(t, remote);
  const lost = Object.assign(new Error('connect ECONNREFUSED /x'), { code: 'ECONNREFUSED' });
  source.tell(snapshot(a, b), lost);
  const error = await before.ended;
  assert.ok(error && 'code' in error);
  assert.deepEqual([error.message, error.code], [lost.message, lost.code]);
  assert.equal(adviceFor(error), adviceFor(lost));
  const after = follow(t, remote);
  source.tell(snapshot(b, c));
  await until('it goes on', () => after.snapshots.length === 1);
  assert.deepEqual(after.latest(), snapshot(b, c));
  assert.equal(after.latest()?.parts[0], before.latest()?.parts[1]);
});

test('an error whose cause could not go to another thread is told all the same', async (t) => {
  const { source, remote } = apart(t);
  const { ended } = follow(t, remote);
  source.tell(new Error('lost', { cause: { socket: () => {} } }));
  const error = await ended;
  assert.equal(error?.message, 'lost');
  // By this it is told from what sources and the system say.
  assert.ok(error && !('code' in error));
});

test('an error comes with the stacks of its causes, however many there are', async (t) => {
  const { source, remote } = apart(t);
  const { ended } = follow(t, remote);
  const deeper = new RangeError('deeper');
  deeper.cause = deeper;
  source.tell(new Error('lost', { cause: deeper }));
  const { stack = '' } = (await ended) ?? {};
  assert.match(stack, /Error: lost\n {4}at [^]*RangeError: deeper\n {4}at /);
});

test('whoever stops watching ends the watch of the source, and waits for it', async (t) => {
  const { source, remote } = apart(t);
  const { snapshots, stop } = follow(t, remote);
  source.tell(snapshot(a));
  await until('it has come', () => snapshots.length === 1);
  assert.equal(await stop(), undefined);
  assert.deepEqual([source.watches, source.closed], [1, 1]);
});

test('whoever leaves between two snapshots ends the watch of the source, too', async (t) => {
  const { source, remote } = apart(t);
  source.tell(snapshot(a));
  for await (const _ of remote.watch(new AbortController().signal)) break;
  await until('the watch is over', () => source.closed === 1);
});

test('one that was aborted before it began ends at once', async (t) => {
  const { remote } = apart(t);
  for await (const _ of remote.watch(AbortSignal.abort())) assert.fail('there is nothing to see');
});

test('after a snapshot the source has a rest: what happens meanwhile is one change to it', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { source, remote } = apart(t);
  const { snapshots } = follow(t, remote);
  source.tell(snapshot(a), snapshot(a, b));
  await turns(() => snapshots.length === 1);
  await turns(() => false);
  assert.equal(snapshots.length, 1);
  t.mock.timers.tick(20);
  await turns(() => snapshots.length === 2);
  assert.deepEqual(snapshots.at(-1), snapshot(a, b));
});

/** Of the event loop: until it holds, or a hundred. */
async function turns(holds: () => boolean): Promise<void> {
  for (let n = 0; n < 100 && !holds(); n += 1) await new Promise((done) => setImmediate(done));
}

test('a wish to read everything again reaches the source', async (t) => {
  const { source, remote } = apart(t);
  remote.refresh();
  await until('it has come', () => source.refreshed === 1);
});
