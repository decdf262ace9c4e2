import { createServer } from 'node:net';

/**
 * A server as a process of its own, which can be killed or stopped: to each client that names a number
 * it sends so many bytes, the n-th of them being n modulo 251, and ends. It prints its port.
 */
const PATTERN = Buffer.from(Array.from({ length: 251 * 256 }, (_, index) => index % 251));

const server = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => {});
  socket.once('data', (word) => {
    let left = Number(word.toString());
    const send = () => {
      while (left > 0) {
        const part = PATTERN.subarray(0, Math.min(left, PATTERN.length));
        left -= part.length;
        if (!socket.write(part)) return;
      }
      socket.off('drain', send);
      socket.end();
    };
    socket.on('drain', send);
    send();
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' ? address?.port : '');
});
