import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { eventually } from '../../support/eventually.js';
import type { Use } from '../../support/folder.js';

const MAIN = join(import.meta.dirname, '../../../src/main.js');

export interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly fix?: string;
  readonly value?: string;
  readonly suggestions: readonly string[];
  readonly object?: { readonly kind: string; readonly name: string };
  readonly at: Readonly<Record<string, unknown>>;
  readonly since: string;
}

/** The built program as a process of its own. */
export interface Sluice {
  readonly process: ChildProcess;
  /** The port of an entry point. */
  readonly port: (entryPoint: string) => number;
  readonly api: <T>(path: string) => Promise<T>;
  readonly output: () => string;
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}

/** What one call of the program came to. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `sluice` to its end. */
export async function callSluice(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const called = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  let stdout = '';
  let stderr = '';
  called.stdout.on('data', (bytes: Buffer) => (stdout += bytes.toString()));
  called.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()));
  const [code] = (await once(called, 'close')) as [number | null];
  return { code, stdout, stderr };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

/** What the process gets beside its flags. */
export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  /** Its limit of open files. */
  readonly descriptors?: number;
  /** How much it gives way to other processes. */
  readonly niceness?: number;
  /** `debug`, unless it is said. */
  readonly logLevel?: string;
}

/** Starts `sluice` with the API and the entry points that are named, and waits until it answers. */
export async function startSluice(
  use: Use,
  entryPoints: readonly string[],
  flags: readonly string[],
  { env = {}, descriptors, niceness = 0, logLevel = 'debug' }: Surroundings = {},
): Promise<Sluice> {
  const ports = new Map<string, number>();
  for (const name of [...entryPoints, 'traefik']) ports.set(name, await freePort());
  const limit = descriptors === undefined ? '' : `ulimit -n ${descriptors};`;
  const process_ = spawn(
    'sh',
    [
      ...['-c', `${limit} exec nice -n ${niceness} "$0" "$@"`, process.execPath, MAIN],
      ...[...ports].map(([name, port]) => `--entryPoints.${name}.address=127.0.0.1:${port}`),
      '--api.insecure=true',
      '--ping=true',
      `--log.level=${logLevel}`,
      ...flags,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'] ?? '', ...env } },
  );
  let output = '';
  const collect = (bytes: Buffer) => (output += bytes.toString());
  process_.stdout.on('data', collect);
  process_.stderr.on('data', collect);
  const port = (name: string) => ports.get(name) ?? 0;
  const api = async <T>(path: string): Promise<T> => {
    const response = await fetch(`http://127.0.0.1:${port('traefik')}${path}`);
    return (await response.json()) as T;
  };
  // Not `exit`: what was written last is read only after it.
  const closed = once(process_, 'close');
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    process_.kill(signal);
    await closed;
    return process_.exitCode;
  };
  use.after(() => stop('SIGKILL'));
  await eventually('sluice answers', () => api('/api/version'));
  return { process: process_, port, api, output: () => output, stop };
}

/** All that a server says to a client that sends `text` and its FIN. */
export async function ask(port: number, text = '', host = '127.0.0.1'): Promise<string> {
  const socket = connect({ port, host, allowHalfOpen: true });
  socket.end(text);
  return readAll(socket);
}

async function readAll(socket: Socket): Promise<string> {
  let answer = '';
  for await (const bytes of socket) answer += String(bytes);
  return answer;
}
