import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { ConnectionOptions } from 'node:tls';
import { Client } from '../../support/clients.js';
import { until } from '../../support/eventually.js';
import { folderWith, write } from '../../support/folder.js';
import { startProgram } from '../../support/program.js';
import type { RecordedLine } from '../../support/recorded-log.js';
import { echo, startServer } from '../../support/servers.js';
import { accepted, load } from '../../support/static.js';
import { ca, certified } from '../../support/terminations.js';
import { TlsClient } from '../../support/tls-clients.js';

/** How clients come to the program that runs. */
export interface Clients {
  readonly tcp: (entryPoint?: string) => Client;
  readonly tls: (options?: ConnectionOptions, preface?: string) => TlsClient;
}

/** A configuration that is read without fault, what stands behind it, and who comes. */
export interface Met {
  readonly of: string;
  /** The servers and files of the case; `{name}` in `dynamic` stands for them. */
  readonly behind?: (t: TestContext) => Promise<Readonly<Record<string, string | number>>>;
  /** Flags beside the entry points `pg`, where the case is, and `other`. */
  readonly flags?: readonly string[];
  /** YAML of the file provider. */
  readonly dynamic: string;
  /** Ends when the connection does. Called twice: the second time is counted. */
  readonly meets: (clients: Clients) => Promise<unknown>;
}

/** What the one line about it says. */
export interface Told extends Met {
  /** `reason`, or `why` where the connection goes on. */
  readonly reason: string;
  /** Fields and parts of their values: the objects. */
  readonly names: Readonly<Record<string, string>>;
  readonly advice: readonly string[];
  /** Messages of lines about something else that belongs to it. */
  readonly also?: readonly string[];
}

const OTHER = (port: number) => `
tcp:
  routers: { beside: { rule: "HostSNI(\`*\`)", entryPoints: [other], service: beside } }
  services: { beside: { loadBalancer: { servers: [{ address: "127.0.0.1:${port}" }] } } }
`;

const LOUD: ReadonlySet<RecordedLine['level']> = new Set(['fatal', 'error', 'warn', 'info']);

const isAbout = ({ level, fields }: RecordedLine) =>
  LOUD.has(level) && (fields.reason !== undefined || fields.why !== undefined);

const isAlarm = ({ level }: RecordedLine) => LOUD.has(level) && level !== 'info';

/** The whole program in this process, with the file provider. */
async function started(t: TestContext, { behind, dynamic, flags = [] }: Met) {
  const values: [string, string | number][] = Object.entries((await behind?.(t)) ?? {});
  const beside = await startServer(t, echo);
  const fill = (text: string) =>
    values.reduce((all, [name, value]) => all.replaceAll(`{${name}}`, String(value)), text);
  const own = certified('db.test');
  const folder = folderWith(t, { 'beside.yml': OTHER(beside.port) });
  values.push(['dir', folderWith(t, { 'db.pem': own.chain + own.key, 'ca.pem': ca.cert })]);
  write(join(folder, 'met.yml'), fill(dynamic));
  const args = [
    '--entryPoints.pg.address=127.0.0.1:0',
    '--entryPoints.other.address=127.0.0.1:0',
    `--providers.file.directory=${folder}`,
    ...flags,
  ];
  const loaded = load({ args });
  const { log, running, port } = await startProgram(accepted(loaded), loaded.diagnostics);
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    running.cut();
    stopping ??= running.stop();
    await stopping;
  };
  t.after(stop);
  await until('the routes are in force', () =>
    log.lines.some(({ fields }) => fields.added?.includes('router beside@file') === true),
  );
  const clients: Clients = {
    tcp: (name = 'pg') => new Client(t, port(name)),
    tls: (options, preface) =>
      new TlsClient(t, port('pg'), { servername: 'db.test', ...options }, preface),
  };
  return { log, clients, stop };
}

/** Whoever is right beside it is served as before. */
async function assertBeside({ tcp }: Clients): Promise<void> {
  const client = tcp('other').send('hello');
  await client.gets('hello');
  client.finish();
  assert.equal(await client.ended, 'fin');
}

const shown = (lines: readonly RecordedLine[]) =>
  lines.map(({ level, message, fields }) => `${level} ${message} ${JSON.stringify(fields)}`);

export function tellsRunning(theme: string, cases: readonly Told[]): void {
  for (const one of cases) {
    test(`${theme}: ${one.of}`, async (t) => {
      const { log, clients, stop } = await started(t, one);
      const said = () => log.lines.filter(isAbout);
      const ofIt = () =>
        said().filter(({ fields: { reason, why } }) => (reason ?? why) === one.reason);
      await one.meets(clients);
      await until(`it is said\n${shown(log.lines).join('\n')}`, () => ofIt().length > 0);
      const all = shown(said()).join('\n');
      const [line, ...more] = ofIt();
      assert.ok(line);
      assert.deepEqual(shown(more), [], 'said more than once');
      const others = said().filter(
        (each) => each !== line && one.also?.includes(each.message) !== true,
      );
      assert.deepEqual(shown(others), [], 'something else is said');
      const fields = line.fields as Readonly<Record<string, unknown>>;
      for (const [name, part] of Object.entries(one.names)) {
        const value = JSON.stringify(fields[name]) ?? '';
        assert.ok(value.includes(part), `${name} is ${value}, without ${part}\n${all}`);
      }
      for (const word of one.advice) {
        assert.ok(line.fields.fix?.includes(word), `does not advise ${word}\n${all}`);
      }
      await one.meets(clients);
      await assertBeside(clients);
      await stop();
      const counted = ofIt().reduce((sum, { fields: { times = 0 } }) => sum + times, 0);
      assert.equal(
        ofIt().length,
        2,
        `once at once, and once as a count\n${shown(said()).join('\n')}`,
      );
      assert.ok(counted >= 2, String(counted));
    });
  }
}

export function fineRunning(theme: string, cases: readonly Met[]): void {
  for (const one of cases) {
    test(`${theme}, right: ${one.of}`, async (t) => {
      const { log, clients, stop } = await started(t, one);
      await one.meets(clients);
      await assertBeside(clients);
      await stop();
      assert.deepEqual(shown(log.lines.filter((line) => isAbout(line) || isAlarm(line))), []);
    });
  }
}
