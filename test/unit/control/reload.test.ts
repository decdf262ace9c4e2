import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { Steps } from '../../../src/async/slices.js';
import type { Diagnostic } from '../../../src/config/diagnostic.js';
import type { MergedConfig } from '../../../src/config/merged.js';
import { withoutFiles } from '../../../src/config/pem.js';
import type { Snapshot } from '../../../src/config/provider.js';
import { Reload, type Compilation } from '../../../src/control/reload.js';
import { unstarted, type ProviderState } from '../../../src/control/supervise.js';
import { part, served, snapshot } from '../../support/parts.js';
import { working } from '../../support/working.js';
import { RecordedLog } from '../../support/recorded-log.js';

interface Generation extends Compilation {
  readonly merged: MergedConfig;
}

const NO_FILES = withoutFiles();

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

class Reloaded {
  readonly log = new RecordedLog();
  readonly applied: Generation[] = [];
  readonly compiled: (Generation | undefined)[] = [];
  /** Thrown by the next compilations. */
  bug: Error | undefined;
  /** How often the next compilations let others have their turn. */
  turns = 0;
  found: readonly Diagnostic[] = [];
  standing: readonly Diagnostic[] = [];
  readonly reload: Reload<Generation>;
  readonly #t: TestContext;
  readonly #states = new Map<string, ProviderState>();

  constructor(t: TestContext, providers: readonly string[]) {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    const life = new AbortController();
    t.after(() => life.abort());
    this.#t = t;
    this.reload = new Reload<Generation>({
      providers: new Map(providers.map((name) => [name, `unix:///${name}`])),
      standing: () => this.standing,
      throttleDuration: 50,
      materials: () => NO_FILES,
      compile: (merged, _, previous) => this.#compile(merged, previous),
      apply: (generation) => this.applied.push(generation),
      log: this.log,
      now: Date.now,
      signal: life.signal,
    });
  }

  *#compile(merged: MergedConfig, previous: Generation | undefined): Steps<Generation> {
    this.compiled.push(previous);
    if (this.bug) throw this.bug;
    yield* working(this.turns);
    return { merged, diagnostics: this.found };
  }

  /** A provider delivers. */
  deliver(name: string, delivered: Snapshot): void {
    this.tell(name, {
      snapshot: delivered,
      delivered: true,
      failingSince: undefined,
      error: undefined,
    });
  }

  tell(name: string, change: Partial<ProviderState>): void {
    const state = { ...(this.#states.get(name) ?? unstarted(name, `unix:///${name}`)), ...change };
    this.#states.set(name, state);
    this.reload.changed(state);
  }

  async pass(ms: number): Promise<void> {
    await settled();
    this.#t.mock.timers.tick(ms);
    await settled();
  }

  routers(): readonly string[] {
    return [...(this.applied.at(-1)?.merged.routers.keys() ?? [])];
  }
}

const db = (name = 'db') => snapshot(part(name, served('192.0.2.1:1', name)));

test('the first table waits for every provider, and then comes at once', (t) => {
  const reloaded = new Reloaded(t, ['docker', 'file']);
  reloaded.deliver('docker', db());
  assert.equal(reloaded.applied.length, 0);
  reloaded.deliver('file', snapshot());
  assert.equal(reloaded.applied.length, 1);
  assert.equal(reloaded.reload.stats().swaps, 1);
});

test('whoever is late does not hold up the others for ever, and is pending until he delivers (D48)', async (t) => {
  const reloaded = new Reloaded(t, ['docker', 'file']);
  reloaded.deliver('docker', db());
  reloaded.reload.open();
  await reloaded.reload.ready;
  assert.deepEqual(reloaded.routers(), ['db@docker']);
  assert.deepEqual([...(reloaded.applied[0]?.merged.pending ?? [])], ['file']);
  await reloaded.pass(50);
  reloaded.deliver('file', snapshot());
  assert.deepEqual(reloaded.applied.at(-1)?.merged.pending.size, 0);
});

test('before anybody has delivered there is a table as well, once the waiting is over', (t) => {
  const reloaded = new Reloaded(t, ['docker']);
  reloaded.reload.open();
  assert.equal(reloaded.applied.length, 1);
  assert.deepEqual(reloaded.routers(), []);
});

test('one throttle for all providers: the first change at once, then one swap per period, the last not lost', async (t) => {
  const reloaded = new Reloaded(t, ['docker', 'consulcatalog']);
  reloaded.deliver('docker', db());
  reloaded.deliver('consulcatalog', snapshot());
  assert.equal(reloaded.applied.length, 1);
  reloaded.deliver('docker', db('a'));
  reloaded.deliver('consulcatalog', db('b'));
  reloaded.deliver('docker', db('c'));
  assert.equal(reloaded.applied.length, 1);
  await reloaded.pass(50);
  assert.equal(reloaded.applied.length, 2);
  assert.deepEqual(reloaded.routers(), ['b@consulcatalog', 'c@docker']);
});

test('a confirmation that nothing changed makes no table, and takes no turn of the throttle', async (t) => {
  const reloaded = new Reloaded(t, ['docker']);
  const known = db();
  reloaded.deliver('docker', known);
  await reloaded.pass(50);
  reloaded.deliver('docker', known);
  reloaded.deliver('docker', db('other'));
  assert.equal(reloaded.applied.length, 2, 'the change is not held up');
  await reloaded.pass(50);
  // Another object that says the same.
  reloaded.deliver('docker', db('other'));
  assert.equal(reloaded.applied.length, 2);
  assert.equal(reloaded.compiled.length, 2);
});

test('a bug in the compiler leaves the table in force, and the next change is tried anew', async (t) => {
  const reloaded = new Reloaded(t, ['docker']);
  reloaded.deliver('docker', db());
  await reloaded.pass(50);
  reloaded.bug = new Error('a bug of the test');
  reloaded.deliver('docker', db('a'));
  assert.deepEqual(reloaded.routers(), ['db@docker']);
  assert.equal(reloaded.log.of('error')[0]?.fields.err, reloaded.bug);
  assert.equal(reloaded.reload.stats().failures, 1);
  await reloaded.pass(50);
  reloaded.bug = undefined;
  reloaded.deliver('docker', db('b'));
  assert.deepEqual(reloaded.routers(), ['b@docker']);
  assert.equal(
    reloaded.compiled.at(-1),
    reloaded.applied[0],
    'made from the last that was in force',
  );
});

test('after a bug in the first generation the same content, delivered again, is tried again', async (t) => {
  const reloaded = new Reloaded(t, ['docker']);
  reloaded.bug = new Error('a bug of the test');
  reloaded.deliver('docker', db());
  await reloaded.pass(50);
  reloaded.bug = undefined;
  reloaded.deliver('docker', db());
  assert.deepEqual(reloaded.routers(), ['db@docker']);
});

test('what a change consists of is one line', async (t) => {
  const reloaded = new Reloaded(t, ['docker']);
  reloaded.deliver('docker', db('a'));
  await reloaded.pass(50);
  reloaded.deliver(
    'docker',
    snapshot(part('a', served('192.0.2.9:1', 'a')), part('b', served('192.0.2.2:1', 'b'))),
  );
  const { added, removed, changed, routers } = reloaded.log.of('info')[1]?.fields ?? {};
  assert.deepEqual(
    { added, removed, changed, routers },
    {
      added: ['router b@docker', 'service b@docker'],
      removed: undefined,
      changed: ['service a@docker'],
      routers: 2,
    },
  );
});

const standing: Diagnostic = {
  code: 'ignored',
  severity: 'warning',
  at: { kind: 'static', option: '--x', source: 'flag' },
  message: 'a finding of the start',
};

test('findings of the start, the snapshots, the compiler and losses stand together', (t) => {
  const reloaded = new Reloaded(t, ['docker']);
  reloaded.standing = [standing];
  const ofSnapshot: Diagnostic = { ...standing, code: 'bad-value', message: 'of the snapshot' };
  const ofCompiler: Diagnostic = { ...standing, code: 'conflict', message: 'of the compiler' };
  reloaded.found = [ofCompiler];
  reloaded.deliver('docker', { parts: [], diagnostics: [ofSnapshot] });
  reloaded.tell('docker', { failingSince: 1, error: 'gone' });
  assert.deepEqual(
    reloaded.reload.diagnostics.list().map(({ code }) => code),
    ['ignored', 'bad-value', 'conflict', 'provider-lost'],
  );
  reloaded.tell('docker', { failingSince: undefined, error: undefined });
  assert.equal(reloaded.reload.diagnostics.list().length, 3);
  // The supervisor has said it already.
  assert.equal(
    reloaded.log.lines.some(({ fields }) => fields.code === 'provider-lost'),
    false,
  );
});

test('a standing finding that comes or goes is said at once', (t) => {
  const reloaded = new Reloaded(t, ['docker']);
  reloaded.standing = [standing];
  reloaded.reload.standingChanged();
  const codes = () => reloaded.reload.diagnostics.list().map(({ code }) => code);
  assert.deepEqual(codes(), ['ignored']);
  reloaded.standing = [];
  reloaded.reload.standingChanged();
  assert.deepEqual(codes(), []);
  const said = reloaded.log.lines.map(({ fields }) => fields.code);
  assert.deepEqual(said, ['ignored', 'ignored']);
  assert.equal(reloaded.applied.length, 0);
});

test('a loss is visible before there is a first table', (t) => {
  const reloaded = new Reloaded(t, ['docker', 'file']);
  reloaded.tell('docker', { failingSince: 1, error: 'gone' });
  assert.deepEqual(
    reloaded.reload.diagnostics.list().map(({ code }) => code),
    ['provider-lost'],
  );
  assert.equal(reloaded.applied.length, 0);
});

test('while a large configuration is compiled the old one is in force, and a later change is not lost', async (t) => {
  const reloaded = new Reloaded(t, ['docker']);
  reloaded.deliver('docker', db('a'));
  await reloaded.reload.ready;
  await reloaded.pass(50);
  reloaded.turns = 2;
  reloaded.deliver('docker', db('b'));
  assert.equal(reloaded.compiled.length, 2);
  assert.deepEqual(reloaded.routers(), ['a@docker']);
  reloaded.deliver('docker', db('c'));
  while (reloaded.applied.length < 2) await settled();
  assert.deepEqual(reloaded.routers(), ['b@docker']);
  await settled();
  await reloaded.pass(50);
  while (reloaded.applied.length < 3) await settled();
  assert.deepEqual(reloaded.routers(), ['c@docker']);
});
