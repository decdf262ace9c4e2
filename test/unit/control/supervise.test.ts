import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { Provider, Snapshot } from '../../../src/config/provider.js';
import { lossOf, supervise, type ProviderState } from '../../../src/control/supervise.js';
import { RecordedLog } from '../../support/recorded-log.js';

const snapshot = (): Snapshot => ({ parts: [], diagnostics: [] });

/** What the source does at each attempt: it delivers, holds for so many ms, or fails; then it ends. */
type Attempt = readonly (Snapshot | number | Error)[];

/** Lets everything run that waits for no timer. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

class Supervised {
  readonly log = new RecordedLog();
  readonly states: ProviderState[] = [];
  readonly life = new AbortController();
  readonly done: Promise<void>;
  attempts = 0;
  readonly #t: TestContext;

  /** After the last attempt the source stays connected and says nothing. */
  constructor(t: TestContext, attempts: readonly Attempt[], provider?: Provider) {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    t.mock.method(Math, 'random', () => 1);
    this.#t = t;
    const scripted: Provider = {
      name: 'docker',
      watch: (signal) => this.#play(attempts[this.attempts++], signal),
    };
    this.done = supervise(provider ?? scripted, {
      endpoint: 'unix:///x.sock',
      log: this.log,
      now: Date.now,
      elapsed: Date.now,
      signal: this.life.signal,
      changed: (state) => this.states.push(state),
    });
    t.after(() => this.life.abort());
  }

  async *#play(attempt: Attempt | undefined, signal: AbortSignal): AsyncGenerator<Snapshot> {
    for (const step of attempt ?? []) {
      if (step instanceof Error) throw step;
      if (typeof step === 'number') await new Promise((resolve) => setTimeout(resolve, step));
      else yield step;
    }
    if (attempt !== undefined) return;
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  }

  async pass(ms: number): Promise<void> {
    await settled();
    this.#t.mock.timers.tick(ms);
    await settled();
  }

  get state(): ProviderState {
    return this.states.at(-1) ?? assert.fail('nothing was told');
  }
}

const refused = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

test('a source that is down at the start is tried again for ever, a second apart at most', async (t) => {
  const supervised = new Supervised(
    t,
    Array.from({ length: 50 }, () => [refused()]),
  );
  await supervised.pass(0);
  const { failures, delivered, snapshot: known, error } = supervised.state;
  assert.deepEqual([failures, delivered, known], [1, false, undefined]);
  assert.equal(error, 'connect ECONNREFUSED');
  for (let second = 0; second < 49; second += 1) await supervised.pass(1_000);
  assert.equal(supervised.state.failures, 50);
  await supervised.pass(1_000);
  assert.equal(supervised.attempts, 51);
  // The first loss is said, the attempts are not.
  assert.equal(supervised.log.of('warn').length, 1);
  assert.equal(supervised.log.of('debug').length, 49);
});

test('what was known stays while the source is lost, and how long that is can be seen', async (t) => {
  const known = snapshot();
  const newer = snapshot();
  const supervised = new Supervised(t, [[known, refused()], [refused()], [newer, refused()]]);
  await supervised.pass(0);
  assert.equal(supervised.states[0]?.snapshot, known);
  assert.deepEqual(
    [supervised.state.snapshot, supervised.state.failingSince, supervised.state.lastSuccess],
    [known, 0, 0],
  );
  await supervised.pass(100);
  assert.equal(supervised.state.failures, 2);
  assert.equal(supervised.state.failingSince, 0);
  await supervised.pass(200);
  const back = supervised.states.find(({ snapshot: delivered }) => delivered === newer);
  assert.deepEqual(
    [back?.failingSince, back?.error, back?.failures, back?.lastSuccess],
    [undefined, undefined, 0, 300],
  );
  const [line] = supervised.log.of('info');
  assert.equal(line?.fields.lostForMs, 300);
});

test('a source that dies at once over and over is asked less and less often, and one that held soon', async (t) => {
  const dying = Array.from({ length: 5 }, (): Attempt => [snapshot(), refused()]);
  const held: Attempt = [snapshot(), 5_000, refused()];
  const supervised = new Supervised(t, [...dying, held]);
  for (const wait of [100, 200, 400, 800, 1_000]) {
    const { attempts } = supervised;
    await supervised.pass(wait - 1);
    assert.equal(supervised.attempts, attempts, `not before ${wait} ms`);
    await supervised.pass(1);
    assert.equal(supervised.attempts, attempts + 1);
  }
  await supervised.pass(5_000);
  assert.equal(supervised.attempts, 6);
  await supervised.pass(100);
  assert.equal(supervised.attempts, 7);
});

test('a source that is not to be watched ends by itself, and is no loss', async (t) => {
  const supervised = new Supervised(t, [[snapshot()]]);
  await supervised.done;
  assert.equal(supervised.attempts, 1);
  assert.equal(supervised.state.failingSince, undefined);
});

test('a provider that hangs in its library does not hold up the end of the program', async (t) => {
  const hanging: Provider = {
    name: 'docker',
    watch: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }),
  };
  const supervised = new Supervised(t, [], hanging);
  let isOver = false;
  void supervised.done.then(() => (isOver = true));
  await supervised.pass(0);
  supervised.life.abort();
  await supervised.pass(999);
  assert.equal(isOver, false);
  await supervised.pass(1);
  assert.equal(isOver, true);
});

test('an abort while it waits ends it at once, without an error', async (t) => {
  const supervised = new Supervised(t, [[refused()]]);
  await supervised.pass(0);
  supervised.life.abort();
  await supervised.done;
  assert.equal(supervised.attempts, 1);
});

test('a loss is a warning that names the endpoint, and says whether anything was ever known', async (t) => {
  const supervised = new Supervised(t, [[refused()], [snapshot(), refused()]]);
  await supervised.pass(0);
  const never = lossOf(supervised.state);
  await supervised.pass(100);
  const lost = lossOf(supervised.state);
  for (const finding of [never, lost]) {
    assert.deepEqual(
      [finding?.code, finding?.severity, finding?.at],
      ['provider-lost', 'warning', { kind: 'endpoint', url: 'unix:///x.sock' }],
    );
  }
  assert.notEqual(never?.message, lost?.message);
  const found = supervised.states.find(({ failingSince }) => failingSince === undefined);
  assert.equal(found && lossOf(found), undefined);
});

test('an error without words is told by its code', async (t) => {
  const wordless = Object.assign(new AggregateError([new Error('a')], ''), { code: 'ETIMEDOUT' });
  const supervised = new Supervised(t, [[wordless]]);
  await supervised.pass(0);
  assert.equal(supervised.state.error, 'ETIMEDOUT');
});

test('a source that knows what helps against its loss says so, until it is back', async (t) => {
  const advised = Object.assign(new Error('no manager'), { fix: 'name a manager' });
  const supervised = new Supervised(t, [[advised], [snapshot(), new Error('gone')]]);
  await supervised.pass(0);
  assert.equal(lossOf(supervised.state)?.fix, 'name a manager');
  await supervised.pass(100);
  assert.notEqual(lossOf(supervised.state)?.fix, 'name a manager');
});
