import assert from 'node:assert/strict';
import test from 'node:test';
import type { ConnectionOptions } from 'node:tls';
import { readClientHello } from '../../../src/net/client-hello.js';
import { clientHello } from '../../support/hello.js';
import {
  ALPN,
  alpn,
  helloMessage,
  inRecords,
  record,
  SERVER_NAME,
  serverName,
  vector,
  type SentName,
} from '../../support/hellos.js';
import { RECORDED_HELLOS } from '../../support/recorded-hellos.js';

const NAMELESS = { serverName: undefined, alpn: [] };
const A_TEST = { serverName: 'a.test', alpn: ['x'] };

const MESSAGE = helloMessage({
  extensions: [
    [0x0a0a, Buffer.alloc(0)],
    [SERVER_NAME, serverName('a.test')],
    [0xfe0d, Buffer.alloc(100, 1)],
    [ALPN, alpn('x')],
  ],
});

const named = (...names: readonly SentName[]) =>
  record(helloMessage({ extensions: [[SERVER_NAME, serverName(...names)]] }));
const offering = (content: Buffer) => record(helloMessage({ extensions: [[ALPN, content]] }));
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const times = (count: number, bytes: Buffer) => Buffer.concat(Array<Buffer>(count).fill(bytes));
const warnings = (count: number) => times(count, hex('15 0301 0002 01 5a'));
const between = (middle: Buffer) =>
  Buffer.concat([record(MESSAGE.subarray(0, 10)), middle, record(MESSAGE.subarray(10))]);

for (const { by, bytes, ...hello } of RECORDED_HELLOS) {
  test(`the hello of ${by} is read`, () => {
    assert.deepEqual(readClientHello(bytes), hello);
  });
}

const NODES: readonly (readonly [ConnectionOptions, string | undefined, string[]])[] = [
  [{ servername: 'b.test', ALPNProtocols: ['h2', 'y'] }, 'b.test', ['h2', 'y']],
  [{ servername: 'b.test', maxVersion: 'TLSv1.2' }, 'b.test', []],
  [{ servername: '', minVersion: 'TLSv1.3' }, undefined, []],
];
for (const [options, name, protocols] of NODES) {
  test(`the hello of this Node is read: ${JSON.stringify(options)}`, async () => {
    const bytes = await clientHello(options);
    assert.deepEqual(readClientHello(bytes), { serverName: name, alpn: protocols });
  });
}

const READ: readonly (readonly [string, Buffer, object])[] = [
  ['a hello in one record', record(MESSAGE), A_TEST],
  ['one with application data behind it', Buffer.concat([record(MESSAGE), hex('17 0303')]), A_TEST],
  ['one with a message behind it', record(Buffer.concat([MESSAGE, hex('0b')])), A_TEST],
  ['one byte in each record', inRecords(MESSAGE, 1), A_TEST],
  ['two records', inRecords(MESSAGE, MESSAGE.length - 1), A_TEST],
  ['an SSLv2 hello', hex('80'), NAMELESS],
  ['no extensions', record(helloMessage()), NAMELESS],
  ['an empty list of extensions', record(helloMessage({ extensions: [] })), NAMELESS],
  ['16 warnings between', between(warnings(16)), A_TEST],
  ['16 empty records between', between(times(16, record(hex('')))), A_TEST],
  [
    'a name in capitals, with blanks around it',
    named(' A.Test\t'),
    { ...NAMELESS, serverName: 'a.test' },
  ],
  ['a name of blanks', named('  '), NAMELESS],
  ['an address as name', named('192.0.2.1'), { ...NAMELESS, serverName: '192.0.2.1' }],
  ['a name with a control character', named('a\n.b'), { ...NAMELESS, serverName: 'a\n.b' }],
  ['a name with two dots', named('a..b'), { ...NAMELESS, serverName: 'a..b' }],
  [
    'a name of an unknown type before the host',
    named([1, 'x.'], 'a.test'),
    { ...NAMELESS, serverName: 'a.test' },
  ],
  ['only a name of an unknown type', named([1, 'x']), NAMELESS],
  ['a name of 255 bytes', named('a'.repeat(255)), { ...NAMELESS, serverName: 'a'.repeat(255) }],
  ['protocols in their order', offering(alpn('b', 'A')), { ...NAMELESS, alpn: ['b', 'A'] }],
  [
    'the largest message',
    inRecords(helloMessage({ extensions: [[21, Buffer.alloc(65_453)]] }), 16_384),
    NAMELESS,
  ],
];
for (const [name, bytes, expected] of READ) {
  test(`${name}: read`, () => {
    assert.deepEqual(readClientHello(bytes), expected);
  });
}

const BAD: readonly (readonly [string, Buffer])[] = [
  ['text', hex('48')],
  ['an alert at the beginning', hex('15')],
  ['application data within the hello', between(hex('17'))],
  ['version 16.0', hex('16 10')],
  ['a record of 18,433 bytes', hex('16 0301 4801')],
  ['a message that is no hello', hex('16 0301 0005 02')],
  ['a message of 65,537 bytes', hex('16 0301 4000 01 010001')],
  ['the same, in records of one byte', inRecords(hex('01 010001'), 1)],
  ['an empty message', hex('16 0301 0004 01 000000')],
  ['17 warnings in a row', between(warnings(17))],
  ['17 empty records in a row', between(times(17, record(hex(''))))],
  ['a fatal alert', between(hex('15 0301 0002 02 28'))],
  ['a close_notify', between(hex('15 0301 0002 01 00'))],
  ['an alert of three bytes', between(hex('15 0301 0003'))],
  [
    'a hello in more than 4,096 records',
    inRecords(helloMessage({ extensions: [[21, Buffer.alloc(5_000)]] }), 1),
  ],
  ['bytes behind the extensions', record(helloMessage({ extensions: [], trailer: hex('00') }))],
  ['half a cipher suite', record(helloMessage({ cipherSuites: hex('130113') }))],
  [
    'an extension twice',
    record(
      helloMessage({
        extensions: [
          [7, hex('')],
          [7, hex('')],
        ],
      }),
    ),
  ],
  ['an extension that is too long', record(helloMessage({ trailer: hex('0005 0007 0002 00') }))],
  ['two host names', named('a.test', 'b.test')],
  ['an empty name', named('')],
  ['no name at all', named()],
  ['a name with a dot at its end', named('a.test.')],
  ['a name of 256 bytes', named('a'.repeat(256))],
  [
    'a list of names with something behind it',
    record(
      helloMessage({ extensions: [[SERVER_NAME, Buffer.concat([serverName('a'), hex('00')])]] }),
    ),
  ],
  ['no protocols', offering(alpn())],
  ['an empty protocol', offering(alpn('a', ''))],
  ['a protocol that is too long', offering(vector(2, hex('02 61')))],
];
for (const [name, bytes] of BAD) {
  test(`${name}: bad`, () => {
    assert.equal(readClientHello(bytes), 'bad');
  });
}

for (const [name, bytes] of [
  ['nothing', hex('')],
  ['half a record header', hex('16 0301')],
  ['half a message header', hex('16 0301 0100 01 00')],
  ['all but one byte', record(MESSAGE).subarray(0, -1)],
  ['half a warning', between(warnings(1)).subarray(0, 5 + 10 + 6)],
] as const) {
  test(`${name}: more`, () => {
    assert.equal(readClientHello(bytes), 'more');
  });
}

test('every prefix of a hello asks for more, whatever its records are', () => {
  for (const size of [1, 2, 3, 4, 5, 50, 16_384]) {
    const bytes = inRecords(MESSAGE, size);
    for (let end = 0; end < bytes.length; end += 1) {
      assert.equal(readClientHello(bytes.subarray(0, end)), 'more');
    }
  }
});
