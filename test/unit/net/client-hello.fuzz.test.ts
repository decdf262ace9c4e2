import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { readClientHello } from '../../../src/net/client-hello.js';
import { assertSameForEveryPrefix, edited, edits, Tally } from '../../support/fuzz.js';
import { clientHello } from '../../support/hello.js';
import {
  ALPN,
  alpn,
  helloMessage,
  inRecords,
  record,
  SERVER_NAME,
  serverName,
} from '../../support/hellos.js';
import { RECORDED_HELLOS } from '../../support/recorded-hellos.js';

const RUNS = 100_000;
const NO_STALL = { timeout: 120_000 };

const OWN = [
  helloMessage(),
  helloMessage({ extensions: [[SERVER_NAME, serverName('a.test')]] }),
  helloMessage({ extensions: [[SERVER_NAME, serverName([1, 'x'], 'a.test')]] }),
  helloMessage({
    extensions: [
      [ALPN, alpn('h2', 'x')],
      [SERVER_NAME, serverName('a')],
    ],
  }),
];
/** Of records; the smallest ones take their time. */
const SIZES = [1, 5, ...Array<number>(4).fill(200), ...Array<number>(14).fill(16_384)];
const WARNING = record(Buffer.from([1, 90]), 0x15);

async function messages(): Promise<Buffer[]> {
  const ofNode = await Promise.all([
    clientHello({ servername: 'b.test', ALPNProtocols: ['h2', 'postgresql'] }),
    clientHello({ servername: 'b.test', maxVersion: 'TLSv1.2' }),
    clientHello({ servername: '', minVersion: 'TLSv1.3' }),
  ]);
  const whole = [...ofNode, ...RECORDED_HELLOS.map(({ bytes }) => bytes)];
  return [...OWN, ...whole.map((bytes) => bytes.subarray(5))];
}

test(
  '100,000 hellos, broken in all layers: the same answer for every split',
  NO_STALL,
  async () => {
    const tally = new Tally();
    const cuts = fc.array(fc.nat(4_000), { minLength: 2, maxLength: 4 });
    const cases = fc.tuple(
      fc.constantFrom(...(await messages())),
      edits,
      fc.constantFrom(...SIZES),
      fc.nat(3),
      edits,
      cuts,
    );
    fc.assert(
      fc.property(cases, ([message, inner, size, warnings, outer, at]) => {
        const records = inRecords(edited(message, inner), size);
        const head = records.subarray(0, size + 5);
        const alerts = size > 200 ? [] : Array<Buffer>(warnings).fill(WARNING);
        const sent = Buffer.concat([head, ...alerts, records.subarray(head.length)]);
        // Half of them are broken in the message alone, and reach its parser.
        const bytes = warnings % 2 === 0 ? sent : edited(sent, outer);
        const answer = readClientHello(bytes);
        tally.count(answer);
        assertSameForEveryPrefix(readClientHello, bytes, at);
        if (typeof answer === 'string') return;
        const text = answer.alpn.join('') + (answer.serverName ?? '');
        assert.ok(text.length <= bytes.length);
      }),
      { numRuns: RUNS },
    );
    tally.assertAll(['read', 'bad', 'more'], RUNS / 50);
  },
);

test('100,000 times any bytes: an answer, and the same for every split', NO_STALL, () => {
  const bytes = fc.uint8Array({ maxLength: 60 });
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(80), { maxLength: 3 }), (any, cuts) => {
      assertSameForEveryPrefix(readClientHello, Buffer.from([0x16, 3, ...any]), cuts);
    }),
    { numRuns: RUNS },
  );
});

test('the worst hello that is allowed may come byte by byte', NO_STALL, () => {
  const message = helloMessage({ extensions: [[21, Buffer.alloc(65_000)]] });
  const bytes = Buffer.concat([
    inRecords(message.subarray(0, 4_090), 1),
    inRecords(message.subarray(4_090), 16_384),
  ]);
  for (let end = 1; end < bytes.length; end += 1) {
    assert.equal(readClientHello(bytes.subarray(0, end)), 'more');
  }
  assert.deepEqual(readClientHello(bytes), { serverName: undefined, alpn: [] });
});
