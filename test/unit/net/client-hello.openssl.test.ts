import assert from 'node:assert/strict';
import { isAscii } from 'node:buffer';
import { Duplex } from 'node:stream';
import test from 'node:test';
import { createSecureContext, TLSSocket } from 'node:tls';
import fc from 'fast-check';
import { readClientHello } from '../../../src/net/client-hello.js';
import { issue } from '../../support/certificates.js';
import { edited, edits } from '../../support/fuzz.js';
import { inRecords } from '../../support/hellos.js';
import { RECORDED_HELLOS } from '../../support/recorded-hellos.js';

const RUNS = 1_000;
const { cert, key } = issue({ name: 'server' });
const context = createSecureContext({ cert, key });

/** What OpenSSL made of a hello. */
interface Handshake {
  /** It answered with a hello of its own. */
  readonly isAccepted: boolean;
  /** Undefined if it did not get as far, empty without a name. */
  readonly serverName: string | undefined;
}

const HANDSHAKE = 0x16;

function handshake(hello: Buffer): Promise<Handshake> {
  return new Promise((resolve) => {
    let isAccepted = false;
    let serverName: string | undefined;
    const wire = new Duplex({
      read() {
        // All that there is was pushed.
      },
      write(chunk: Buffer, _encoding, done) {
        isAccepted ||= chunk[0] === HANDSHAKE;
        done();
      },
    });
    const server = new TLSSocket(wire, {
      isServer: true,
      secureContext: context,
      SNICallback: (name, done) => {
        serverName = name;
        done(null, context);
      },
    });
    server.on('error', () => {});
    wire.once('end', () => {
      // All was read, and what is answered is written before the loop goes on.
      setImmediate(() => {
        resolve({ isAccepted, serverName });
        wire.destroy();
        server.destroy();
      });
    });
    wire.push(hello);
    wire.push(null);
  });
}

test('OpenSSL takes no hello that we refuse, and reads the same name', async () => {
  const messages = RECORDED_HELLOS.map(({ bytes }) => bytes.subarray(5));
  const sizes = fc.constantFrom(16_384, 16_384, 100);
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...messages), edits, sizes, async (message, changes, size) => {
      const hello = inRecords(edited(message, changes), size);
      const ours = readClientHello(hello);
      const { isAccepted, serverName } = await handshake(hello);
      if (isAccepted) accepted += 1;
      // Traefik refuses a dot at the end of a name, and so do we (data-plane 2.3).
      if (typeof ours === 'string') assert.ok(!isAccepted || serverName?.endsWith('.'));
      // Node gives what is not ASCII in a form of its own.
      else if (serverName !== undefined && isAscii(Buffer.from(ours.serverName ?? ''))) {
        const name = serverName.trim().toLowerCase();
        assert.equal(ours.serverName, name === '' ? undefined : name);
      }
    }),
    { numRuns: RUNS },
  );
  assert.ok(accepted > RUNS / 10, String(accepted));
});
