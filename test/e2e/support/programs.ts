import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import { eventually } from '../../support/eventually.js';

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Written to it, and then its end. */
  readonly input?: string;
  /** As another user than root. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

export interface Said {
  readonly code: number | null;
  readonly output: string;
}

const LONGEST_MS = 15_000;

/** Runs a program to its end. */
export async function call(
  command: string,
  args: readonly string[],
  { env = {}, input = '', user }: ProgramOptions = {},
): Promise<Said> {
  const called = spawn(command, args, {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    timeout: LONGEST_MS,
    ...user,
  });
  let output = '';
  const collect = (bytes: Buffer) => (output += bytes.toString());
  called.stdout.on('data', collect);
  called.stderr.on('data', collect);
  // It may end without having read.
  called.stdin.on('error', () => {});
  called.stdin.end(input);
  const [code] = (await once(called, 'close')) as [number | null];
  return { code, output };
}

/** Starts a server that listens on this port, and waits until it does. It ends with the test. */
export async function serve(
  t: TestContext,
  port: number,
  command: string,
  args: readonly string[],
  { env = {}, user }: ProgramOptions = {},
): Promise<void> {
  const server = spawn(command, args, {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...user,
  });
  let output = '';
  const collect = (bytes: Buffer) => (output += bytes.toString());
  server.stdout.on('data', collect);
  server.stderr.on('data', collect);
  const closed = once(server, 'close');
  t.after(async () => {
    // To all that are started here it means: at once.
    server.kill('SIGINT');
    await closed;
  });
  await eventually(`${command} listens`, async () => {
    if (server.exitCode !== null) throw new Error(output);
    return (await isListening(port)) || undefined;
  });
}

function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  }).then((listens) => {
    socket.destroy();
    return listens === true;
  });
}
