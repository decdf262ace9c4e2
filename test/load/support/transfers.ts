import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** The server of sender.ts. */
export interface Sender {
  readonly address: string;
  readonly process: ChildProcess;
}

export async function startSender(t: TestContext): Promise<Sender> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'sender.js')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const [bytes] = (await once(child.stdout, 'data')) as [Buffer];
  return { address: `127.0.0.1:${Number(bytes.toString())}`, process: child };
}

/** One download, as its client sees it. */
export interface Transfer {
  readonly received: () => number;
  /** How it ended; `wrong` as soon as a byte is not the one that was sent. */
  readonly ended: Promise<'whole' | 'short' | 'reset' | 'wrong'>;
}

export function startTransfer(t: TestContext, port: number, bytes: number): Transfer {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  t.after(() => socket.destroy());
  let received = 0;
  const ended = new Promise<'whole' | 'short' | 'reset' | 'wrong'>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      for (const byte of chunk) {
        if (byte !== received % 251) {
          resolve('wrong');
          return;
        }
        received += 1;
      }
    });
    socket.once('end', () => resolve(received === bytes ? 'whole' : 'short'));
    socket.once('error', () => resolve('reset'));
  });
  socket.write(String(bytes));
  return { received: () => received, ended };
}
