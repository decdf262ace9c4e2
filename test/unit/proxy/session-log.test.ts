import assert from 'node:assert/strict';
import test from 'node:test';
import type { OpenSession } from '../../../src/proxy/open-session.js';
import { SessionLog, type ProxyLogger } from '../../../src/proxy/session-log.js';
import { RoutingTable } from '../../../src/routing/table.js';
import { END_REASONS, type EndReason } from '../../../src/telemetry/end-reasons.js';
import type { LogFields } from '../../../src/telemetry/log-fields.js';
import { route, table } from '../../support/tables.js';
import { ManualTimers } from '../../support/manual-timers.js';

/** A session that counts how often its bytes are asked for: once per line that is made of it. */
class Ended implements OpenSession {
  readonly id = 1;
  readonly entryPoint = 'pg';
  readonly client = { host: '192.0.2.1', port: 5 };
  readonly via = undefined;
  readonly startedAt = 0;
  readonly phase = 'route';
  readonly alpn = undefined;
  readonly tlsVersion = undefined;
  readonly router = undefined;
  readonly service = undefined;
  readonly server = undefined;
  readonly detail = undefined;
  readonly handshakeStart = undefined;
  readonly handshakeEnd = undefined;
  readonly dialStart = undefined;
  readonly dialEnd = undefined;
  readonly attempts = 0;
  readonly failures = [];
  readonly received = 0;
  readonly endedFirst = undefined;
  place = -1;
  made = 0;
  readonly serverName: string | undefined;
  constructor(serverName?: string) {
    this.serverName = serverName;
  }
  get sent(): number {
    this.made += 1;
    return 0;
  }
  drain(): void {}
  cut(): void {}
}

function logging(
  level: 'debug' | 'info' | 'error',
  hosts: readonly string[] = ['db.example.com', '*.apps.example.com'],
) {
  const lines: LogFields[] = [];
  const write = (fields: LogFields) => void lines.push(fields);
  const log: ProxyLogger = {
    isLevelEnabled: (asked) => level === 'debug' || asked === level,
    debug: write,
    info: write,
    warn: write,
    error: write,
  };
  const routes = table({
    pg: { plain: [], tls: [{ ...route(undefined, () => false, 'db@docker'), hosts }] },
  });
  const timers = new ManualTimers();
  return { lines, timers, log: new SessionLog(log, timers, (name) => routes.of(name)) };
}

test('of what is not logged no line is made', () => {
  const { log, lines } = logging('error');
  const session = new Ended();
  for (const reason of Object.keys(END_REASONS) as EndReason[]) log.ended(session, reason);
  assert.deepEqual([lines, session.made], [[], 0]);
});

test('of what is only counted no line is made until it is said', () => {
  const { log, lines, timers } = logging('info');
  const sessions = Array.from({ length: 1_000 }, () => new Ended('db.exmaple.com'));
  for (const session of sessions) log.ended(session, 'no-route');
  assert.equal(lines.length, 1);
  timers.pass(60_000);
  assert.deepEqual(
    lines.map(({ times }) => times),
    [1, 999],
  );
  assert.equal(
    sessions.reduce((sum, { made }) => sum + made, 0),
    2,
  );
});

test('the host that was probably meant is named, whatever else is asked for meanwhile', () => {
  const { log, lines } = logging('info');
  for (let n = 0; n < 3; n += 1) log.ended(new Ended(`scan${n}.invalid`), 'no-route');
  log.ended(new Ended('db.exmaple.com'), 'no-route');
  const [last] = lines.slice(-1);
  assert.match(last?.fix ?? '', /db\.example\.com.*db@docker/);
  assert.equal(lines.length, 4);
});

test('a name as long as can be, and more hosts than are compared, cost no more than a moment', () => {
  const hosts = Array.from(
    { length: 100_000 },
    (_, n) => `host-${n}.${'x'.repeat(60)}.example.com`,
  );
  const routes = table({ pg: { plain: [], tls: [{ ...route(undefined), hosts }] } });
  const lines: LogFields[] = [];
  const write = (fields: LogFields) => void lines.push(fields);
  const log = new SessionLog(
    { isLevelEnabled: () => true, debug: () => {}, info: write, warn: write, error: write },
    new ManualTimers(),
    (name) => (name === 'pg' ? routes : RoutingTable.EMPTY).of(name),
  );
  const started = performance.now();
  log.ended(new Ended(`host-5.${'x'.repeat(60)}.example.con`), 'no-route');
  log.ended(new Ended('y'.repeat(255)), 'no-route');
  assert.ok(performance.now() - started < 500);
  assert.match(lines[0]?.fix ?? '', /host-5\./);
});

test('a host that a router asks for is known to be, however many there are', () => {
  const hosts = Array.from({ length: 2_000 }, (_, n) => `h${n}.example.com`);
  const { log, lines } = logging('info', hosts);
  log.ended(new Ended('h1999.example.com'), 'no-route');
  assert.match(lines[0]?.fix ?? '', /^router db@docker /);
});

test('every reason that is said has an advice', () => {
  const { log, lines } = logging('info');
  for (const reason of Object.keys(END_REASONS) as EndReason[]) log.ended(new Ended(), reason);
  const without = lines.filter(({ fix }) => fix === undefined).map(({ reason }) => reason);
  assert.deepEqual(without, ['closed-by-api']);
});
