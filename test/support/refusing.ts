import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port where nobody listens. */
export async function refusingPort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  listener.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
