import { once } from 'node:events';
import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';

/** Listens, and then never turns to its event loop again. */
const LISTENER = `
const { parentPort } = require('node:worker_threads');
const server = require('node:net').createServer();
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage(server.address().port);
  setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
});
`;

/** The kernel queues one connection more than the backlog says. */
const QUEUE = 2;

/** The port of a server that answers no SYN any more, as a host that is switched off: its queue is full. */
export async function startSilentServer(t: TestContext): Promise<number> {
  const worker = new Worker(LISTENER, { eval: true });
  t.after(() => worker.terminate());
  const [port] = (await once(worker, 'message')) as [number];
  for (let queued = 0; queued < QUEUE; queued += 1) {
    const socket = connect({ port, host: '127.0.0.1' });
    await once(socket, 'connect');
    // The kernel resets it when the server is gone.
    socket.on('error', () => {});
    t.after(() => socket.destroy());
  }
  return port;
}
