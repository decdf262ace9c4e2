import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * A port where nobody listens, nor will as long as this process lives: it is the near end of a connection. One
 * that was only free a moment ago may be given to the next program that asks.
 */
export async function refusingPort(): Promise<number> {
  const listener = createServer((socket) => socket.unref()).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const held = connect(port, '127.0.0.1');
  await Promise.all([once(held, 'connect'), once(listener, 'connection')]);
  held.unref();
  listener.close();
  return held.localPort ?? 0;
}
