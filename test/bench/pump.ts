import { connect, createServer, type Socket } from 'node:net';

/**
 * `node pump.js PORT SERVER_PORT`: the least that Node can do between two sockets, without a route, a
 * log, a deadline or a thought of failure. What Sluice costs more than this is its own doing.
 */
const PEER: unique symbol = Symbol('peer');

declare module 'node:net' {
  interface Socket {
    [PEER]?: Socket;
  }
}

const [port, serverPort] = process.argv.slice(2).map(Number);

function onData(this: Socket, chunk: Buffer): void {
  if (this[PEER]?.write(chunk) === false) this.pause();
}

function onDrain(this: Socket): void {
  this[PEER]?.resume();
}

function onEnd(this: Socket): void {
  const peer = this[PEER];
  if (peer?.readableEnded === true) {
    peer.destroySoon();
    this.destroySoon();
  } else peer?.end();
}

function onError(this: Socket): void {
  this.destroy();
  this[PEER]?.destroy();
}

function join(socket: Socket, peer: Socket): void {
  socket[PEER] = peer;
  socket.on('data', onData).on('drain', onDrain).on('end', onEnd).on('error', onError);
}

const lively = { allowHalfOpen: true, noDelay: true };
createServer({ ...lively, pauseOnConnect: true }, (client) => {
  const server = connect({ ...lively, port: serverPort ?? 0, host: '127.0.0.1' });
  server.on('connect', () => {
    join(client, server);
    join(server, client);
    client.resume();
  });
}).listen({ port, host: '127.0.0.1', backlog: 4_096 });
