import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Lifetime } from '../../../src/proxy/lifetime.js';
import type { Limits } from '../../../src/routing/service.js';
import { ManualTimers } from '../../support/manual-timers.js';

class Connection {
  readonly timers = new ManualTimers();
  readonly lifetime: Lifetime;
  sent = 0;
  received = 0;
  isBlocked = false;
  end: string | undefined;

  constructor(limits: Partial<Limits>) {
    this.lifetime = new Lifetime(this, { idleTimeout: 0, maxDuration: 0, ...limits }, this.timers);
  }

  cut(reason: string): void {
    this.end = `${reason} at ${this.timers.now()}`;
    this.lifetime.stop();
  }
}

test('who is silent from the beginning is cut after the timeout', () => {
  const connection = new Connection({ idleTimeout: 1_000 });
  connection.timers.pass(999);
  assert.equal(connection.end, undefined);
  connection.timers.pass(1);
  assert.equal(connection.end, 'idle-timeout at 1000');
  assert.equal(connection.timers.started, 0);
});

test('without limits nothing is started', () => {
  assert.equal(new Connection({}).timers.started, 0);
});

test('bytes that wait for their receiver are no silence', () => {
  const connection = new Connection({ idleTimeout: 1_000 });
  connection.isBlocked = true;
  connection.timers.pass(10_000);
  assert.equal(connection.end, undefined);
  connection.isBlocked = false;
  connection.timers.pass(1_000);
  assert.equal(connection.end, 'idle-timeout at 11000');
});

test('maxDuration counts whether bytes flow or not', () => {
  const connection = new Connection({ idleTimeout: 1_000, maxDuration: 5_000 });
  for (let second = 0; second < 10; second += 1) {
    connection.sent += 1;
    connection.timers.pass(900);
  }
  assert.equal(connection.end, 'max-duration at 5000');
  assert.equal(connection.timers.started, 0);
});

test('whenever bytes pass: it is cut between the timeout after the last one and a quarter later', () => {
  const pauses = fc.array(fc.integer({ min: 1, max: 999 }), { maxLength: 20 });
  fc.assert(
    fc.property(pauses, fc.infiniteStream(fc.boolean()), (waits, directions) => {
      const connection = new Connection({ idleTimeout: 1_000 });
      for (const wait of waits) {
        connection.timers.pass(wait);
        assert.equal(connection.end, undefined);
        const [toServer] = directions.take(1);
        if (toServer === true) connection.sent += 1;
        else connection.received += 1;
      }
      const last = connection.timers.now();
      connection.timers.pass(1_250);
      const at = Number(connection.end?.split(' ').at(-1));
      assert.ok(at >= last + 1_000 && at <= last + 1_250, `${at} after ${last}`);
    }),
  );
});
