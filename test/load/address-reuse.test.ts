import assert from 'node:assert/strict';
import test from 'node:test';
import { Engine, routed } from '../e2e/support/engine.js';
import { ask, startSluice } from '../e2e/support/sluice.js';
import { eventually, until } from '../support/eventually.js';

const TIMES = 5;

/** Docker gives the address of a container that died to the next one that starts. */
test('who asks for a container that died never reaches the next one that has its address', async (t) => {
  const engine = new Engine();
  const network = `sluice-load-${process.pid}`;
  await engine.docker('network', 'create', '--subnet', '172.31.77.0/24', network);
  t.after(() => engine.docker('network', 'rm', network));
  const flags = ['--network', network, '--ip', '172.31.77.9'];
  const sluice = await startSluice(
    t,
    ['old', 'new'],
    [
      `--providers.docker.endpoint=${engine.host}`,
      '--providers.docker.constraints=Label(`stack`, `reuse`)',
    ],
  );
  const labels = (name: string) => ({ ...routed(name, name), stack: 'reuse' });
  const answers = new Map<string, number>();
  let isOver = false;
  const asking = (async () => {
    while (!isOver) {
      const answer = (await ask(sluice.port('old')).catch(() => '')).trim();
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  for (let time = 0; time < TIMES; time += 1) {
    const before = await engine.start(t, { says: 'old', labels: labels('old'), flags });
    await until('the old one answers', async () => (await ask(sluice.port('old'))) === 'old\n');
    await engine.remove(before);
    const after = await engine.start(t, { says: 'new', labels: labels('new'), flags });
    // Nothing that was held against the old one concerns the new one: it is served as soon as it is known.
    await eventually('the new one answers', async () =>
      (await ask(sluice.port('new'))) === 'new\n' ? true : undefined,
    );
    await engine.remove(after);
  }
  isOver = true;
  await asking;
  t.diagnostic(`answers to those who asked for the old one: ${JSON.stringify([...answers])}`);
  assert.deepEqual([...answers.keys()].sort(), ['', 'old']);
});
