import assert from 'node:assert/strict';
import test from 'node:test';
import { readProxyHeader } from '../../../src/net/proxy-header.js';

const SIGNATURE = '0d0a0d0a000d0a515549540a';
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const v2 = (text: string) => hex(SIGNATURE + text);

const V4 = {
  source: { host: '192.0.2.1', port: 56_324 },
  destination: { host: '198.51.100.2', port: 443 },
};
const V6 = {
  source: { host: '2001:db8::1', port: 4_000 },
  destination: { host: '2001:db8::2', port: 443 },
};
const UNKNOWN = { source: undefined, destination: undefined };

const V4_ADDRESSES = 'c0000201 c6336402 dc04 01bb';
const V6_ADDRESSES = '20010db8000000000000000000000001 20010db8000000000000000000000002 0fa0 01bb';
const CHECKED = '21 11 0013 c0000201 c6336402 dc04 01bb 03 0004';

interface Read {
  readonly name: string;
  readonly bytes: Buffer;
  readonly header: object;
}

const READ: readonly Read[] = [
  {
    name: 'v1, TCP4',
    bytes: Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n'),
    header: V4,
  },
  {
    name: 'v1, TCP6',
    bytes: Buffer.from('PROXY TCP6 2001:DB8:0::1 2001:db8::2 4000 443\r\n'),
    header: V6,
  },
  {
    name: 'v1, IPv4 in TCP6, in both forms',
    bytes: Buffer.from('PROXY TCP6 ::ffff:192.0.2.1 198.51.100.2 56324 443\r\n'),
    header: V4,
  },
  {
    name: 'v1, more words than are known',
    bytes: Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.2 56324 443 x\r\n'),
    header: V4,
  },
  { name: 'v1, UNKNOWN', bytes: Buffer.from('PROXY UNKNOWN\r\n'), header: UNKNOWN },
  {
    name: 'v1, the longest line',
    bytes: Buffer.from(`${'PROXY UNKNOWN '.padEnd(105, 'f')}\r\n`),
    header: UNKNOWN,
  },
  { name: 'v2, TCP over IPv4', bytes: v2(`21 11 000c ${V4_ADDRESSES}`), header: V4 },
  { name: 'v2, UDP over IPv4', bytes: v2(`21 12 000c ${V4_ADDRESSES}`), header: V4 },
  { name: 'v2, TCP over IPv6', bytes: v2(`21 21 0024 ${V6_ADDRESSES}`), header: V6 },
  {
    name: 'v2, IPv4 in its IPv6 form',
    bytes: v2(
      '21 21 0024 00000000000000000000ffffc0000201 00000000000000000000ffffc6336402 dc04 01bb',
    ),
    header: V4,
  },
  {
    name: 'v2 with something behind the addresses',
    bytes: v2(`21 11 0014 ${V4_ADDRESSES} 02 0002 6869 04 0000`),
    header: V4,
  },
  {
    name: 'v2 with something unreadable behind the addresses',
    bytes: v2(`21 11 0010 ${V4_ADDRESSES} 02 0009 68`),
    header: V4,
  },
  { name: 'v2 with a checksum', bytes: v2(`${CHECKED} 20ec9549`), header: V4 },
  {
    name: 'v2 with a checksum and something behind it',
    bytes: v2(`21 11 0018 ${V4_ADDRESSES} 03 0004 db52bb47 02 0002 6869`),
    header: V4,
  },
  { name: 'v2, LOCAL', bytes: v2('20 00 0000'), header: UNKNOWN },
  { name: 'v2, LOCAL with addresses', bytes: v2(`20 11 000c ${V4_ADDRESSES}`), header: UNKNOWN },
  { name: 'v2, LOCAL of an unknown family', bytes: v2('20 ff 0001 00'), header: UNKNOWN },
  { name: 'v2, a family that nobody knows', bytes: v2('21 00 0000'), header: UNKNOWN },
  { name: 'v2, UNIX', bytes: v2(`21 31 00d8 ${'61'.repeat(216)}`), header: UNKNOWN },
  {
    name: 'v2, the longest',
    bytes: v2(`21 11 1000 ${V4_ADDRESSES} ${'00'.repeat(4_084)}`),
    header: V4,
  },
];

for (const { name, bytes, header } of READ) {
  test(`${name}: read when it is all there, and what follows is left alone`, () => {
    const expected = { length: bytes.length, ...header };
    assert.deepEqual(readProxyHeader(bytes), expected);
    assert.deepEqual(readProxyHeader(Buffer.concat([bytes, Buffer.from('\r\nhi')])), expected);
    for (let end = 0; end < bytes.length; end += 1) {
      assert.equal(readProxyHeader(bytes.subarray(0, end)), 'more');
    }
  });
}

const BAD: readonly (readonly [string, Buffer])[] = [
  ...[
    'PROXYTCP4',
    'PROXY  TCP4 192.0.2.1 192.0.2.1 1 2',
    'PROXY tcp4 192.0.2.1 192.0.2.1 1 2',
    'PROXY UDP4 192.0.2.1 192.0.2.1 1 2',
    'PROXY TCP4 192.0.2.1 192.0.2.1 1',
    'PROXY TCP4 192.0.2.256 192.0.2.1 1 2',
    'PROXY TCP4 ::1 192.0.2.1 1 2',
    'PROXY TCP4 ::ffff:192.0.2.1 192.0.2.1 1 2',
    'PROXY TCP6 fe80::1%eth0 ::1 1 2',
    'PROXY TCP4 192.0.2.1 192.0.2.1 1 65536',
    'PROXY TCP4 192.0.2.1 192.0.2.1 -1 2',
    'PROXY TCP4 192.0.2.1 192.0.2.1 1 2x',
    'PROXY TCP4 example.com 192.0.2.1 1 2',
  ].map((line) => [line, Buffer.from(`${line}\r\n`)] as const),
  ['v1 with a bare line feed', Buffer.from('PROXY UNKNOWN\n')],
  ['v1 with a bare carriage return', Buffer.from('PROXY UNKNOWN\rx')],
  ['v1 with a line of 108 bytes', Buffer.from('PROXY UNKNOWN '.padEnd(107, 'f'))],
  ['v1 with 107 bytes and no line feed', Buffer.from(`${'PROXY UNKNOWN '.padEnd(106, 'f')}\r`)],
  ['v2 of version 3', v2('31')],
  ['v2 with an unknown command', v2('22')],
  ['v2 with an unknown family', v2('21 13')],
  ['v2 with half an address', v2('21 11 000b')],
  ['v2 with half an IPv6 address', v2('21 21 0023')],
  ['v2 of more than 4,096 bytes', v2('21 11 1001')],
  ['v2 with a wrong checksum', v2(`${CHECKED} 00000000`)],
  ['v2 with a short checksum', v2(`21 11 0011 ${V4_ADDRESSES} 03 0002 0000`)],
];

for (const [name, bytes] of BAD) {
  test(`${name}: bad`, () => {
    assert.equal(readProxyHeader(bytes), 'bad');
  });
}

const NONE = [
  'PING\r\n',
  'P\r',
  'PROX ',
  'PROXIES',
  '\r\nhi',
  '\r\n\r\n\0\r\nQUIT\r',
  'hi',
  '\x16',
];
for (const text of NONE) {
  test(`${JSON.stringify(text)} is no header, at the first byte that differs`, () => {
    const bytes = Buffer.from(text);
    assert.equal(readProxyHeader(bytes), 'none');
  });
}

test('"PI" is no header', () => {
  assert.equal(readProxyHeader(Buffer.from('P')), 'more');
  assert.equal(readProxyHeader(Buffer.from('PI')), 'none');
});
