import assert from 'node:assert/strict';
import test from 'node:test';
import { Sessions, type Registered } from '../../../src/proxy/sessions.js';

const add = (sessions: Sessions<Registered>, entryPoint: string): Registered => {
  const session = { id: sessions.nextId(), entryPoint, place: -1 };
  sessions.add(session);
  return session;
};

test('sessions are counted by entry point, and removed once', () => {
  const sessions = new Sessions<Registered>();
  const [one, two, other] = [add(sessions, 'a'), add(sessions, 'a'), add(sessions, 'b')];
  assert.deepEqual([sessions.countOf('a'), sessions.countOf('b')], [2, 1]);
  assert.deepEqual(sessions.of('a'), [one, two]);
  assert.equal(sessions.remove(one), true);
  assert.equal(sessions.remove(one), false);
  assert.deepEqual([sessions.of('a'), sessions.of('b')], [[two], [other]]);
});

test('an entry point is idle when its last session has gone, whatever the others do', async () => {
  const sessions = new Sessions<Registered>();
  const one = add(sessions, 'a');
  add(sessions, 'b');
  let isIdle = false;
  const idle = Promise.all([sessions.idle('a'), sessions.idle('a')]).then(() => (isIdle = true));
  await Promise.resolve();
  assert.equal(isIdle, false);
  sessions.remove(one);
  await idle;
  await sessions.idle('a');
});
