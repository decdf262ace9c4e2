import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { connect, type ConnectionOptions } from 'node:tls';

/** The first bytes of a real TLS client. */
export async function clientHello(options: ConnectionOptions = {}): Promise<Buffer> {
  const wire = new Duplex({
    read() {
      // Nobody answers.
    },
    write(chunk: Buffer, _encoding, done) {
      this.emit('hello', chunk);
      done();
    },
  });
  // Before the client is there: it writes at once.
  const written = once(wire, 'hello');
  const client = connect({ ...options, socket: wire });
  client.on('error', () => {});
  const [hello] = (await written) as [Buffer];
  client.destroy();
  return hello;
}
