import assert from 'node:assert/strict';
import type { Server as HttpServer } from 'node:http';
import type { TestContext } from 'node:test';
import { Deadlines } from '../../src/async/deadlines.js';
import type { EntryPointConfig } from '../../src/config/static.js';
import { Proxy } from '../../src/proxy/proxy.js';
import type { RoutingTable } from '../../src/routing/table.js';
import type { AccessLog } from '../../src/telemetry/access-log.js';
import { Counters, type Count, type CountedKind } from '../../src/telemetry/counters.js';
import { Client } from './clients.js';
import { eventually } from './eventually.js';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface ProxySettings {
  /** By name; one called `tcp` if there is none. */
  readonly entryPoints?: Readonly<Record<string, Partial<EntryPointConfig>>>;
  readonly builtIn?: Readonly<Record<string, HttpServer>>;
  readonly descriptorLimit?: number;
  /** Entry points with PROXY protocol. */
  readonly believes?: Readonly<Record<string, (address: string) => boolean>>;
  readonly accessLog?: AccessLog;
  readonly table?: RoutingTable;
}

export const entryPoint = (name: string, rest: Partial<EntryPointConfig>): EntryPointConfig => ({
  name,
  address: '127.0.0.1:0',
  host: '127.0.0.1',
  port: 0,
  protocol: 'tcp',
  reusePort: false,
  asDefault: false,
  allowACMEByPass: false,
  proxyProtocol: undefined,
  requestAcceptGraceTimeout: 0,
  graceTimeOut: 0,
  readTimeout: 60_000,
  writeTimeout: 0,
  idleTimeout: 0,
  sniffTimeout: 3_000,
  maxConnections: undefined,
  unrouted: { max: undefined, maxPerIP: undefined },
  ...rest,
});

/** A proxy that listens on free ports, and what it logged and counted. */
export class RunningProxy {
  readonly proxy: Proxy;
  readonly lines: LogLine[] = [];
  readonly counters = new Counters();
  readonly #t: TestContext;

  constructor(t: TestContext, settings: ProxySettings) {
    const { entryPoints = { tcp: {} }, builtIn = {}, descriptorLimit = 10_000 } = settings;
    const { believes = {} } = settings;
    const log = (level: LogLine['level']) => (fields: object, message: string) => {
      this.lines.push({ level, message, fields: { ...fields } });
    };
    this.#t = t;
    this.proxy = new Proxy({
      entryPoints: new Map(
        Object.entries(entryPoints).map(([name, rest]) => [name, entryPoint(name, rest)]),
      ),
      builtIn: new Map(Object.entries(builtIn)),
      believes: new Map(Object.entries(believes)),
      timers: new Deadlines(),
      counters: this.counters,
      accessLog: settings.accessLog,
      descriptorLimit,
      log: {
        isLevelEnabled: () => true,
        debug: log('debug'),
        info: log('info'),
        warn: log('warn'),
        error: log('error'),
      },
    });
  }

  port(name = 'tcp'): number {
    return this.proxy.ports().get(name) ?? assert.fail(`no entry point ${name}`);
  }

  client(entryPointName = 'tcp', host = '127.0.0.1'): Client {
    return new Client(this.#t, this.port(entryPointName), host);
  }

  /** Why connections ended, in order. */
  ends(): readonly unknown[] {
    return this.lines
      .filter(({ level, message }) => level === 'debug' && message === 'connection ended')
      .map(({ fields }) => fields['reason']);
  }

  /** Waits until so many connections have ended, and says why. */
  async ended(connections: number): Promise<readonly unknown[]> {
    return eventually(`${connections} connections have ended`, () => {
      const ends = this.ends();
      return ends.length >= connections ? ends : undefined;
    });
  }

  open(name = 'tcp'): number {
    return this.proxy.sessions.countOf(name);
  }

  counted(kind: CountedKind, name: string, count: Count): number {
    return this.counters.read().count(this.counters.blockOf(kind, name), count);
  }
}

export async function startProxy(
  t: TestContext,
  settings: ProxySettings = {},
): Promise<RunningProxy> {
  const running = new RunningProxy(t, settings);
  t.after(async () => {
    running.proxy.cut();
    await running.proxy.stop();
  });
  assert.deepEqual(await running.proxy.listen(), []);
  if (settings.table) running.proxy.apply(settings.table);
  return running;
}
