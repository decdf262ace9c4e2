import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';

/** What the kernel says of one end of a TCP connection over IPv4 (`/proc/net/tcp`). */
interface KernelSocket {
  /** Seconds until the keep-alive timer; undefined while there is none. */
  readonly keepAliveIn: number | undefined;
}

const KEEP_ALIVE = '02';

/** Ticks of `/proc`, whatever the kernel's own are. */
const TICKS_PER_SECOND = 100;

/** The end that has these two ports. */
function kernelSocket(local: number, remote: number): KernelSocket | undefined {
  const port = (number: number) => number.toString(16).toUpperCase().padStart(4, '0');
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)) {
    const [, here = '', there = '', , , timer = ''] = line.trim().split(/\s+/);
    if (!here.endsWith(`:${port(local)}`) || !there.endsWith(`:${port(remote)}`)) continue;
    const [kind, ticks = ''] = timer.split(':');
    const seconds = Math.round(parseInt(ticks, 16) / TICKS_PER_SECOND);
    return { keepAliveIn: kind === KEEP_ALIVE ? seconds : undefined };
  }
  return undefined;
}

/** The far end of a connection. */
export const peerOf = (socket: Socket): KernelSocket | undefined =>
  kernelSocket(socket.remotePort ?? 0, socket.localPort ?? 0);
