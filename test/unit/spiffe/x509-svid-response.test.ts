import assert from 'node:assert/strict';
import test from 'node:test';
import { readX509SvidResponse } from '../../../src/spiffe/x509-svid-response.js';
import { field } from '../../support/svids.js';

const svid = Buffer.concat([
  field(1, 'spiffe://a/b'),
  field(2, 'chain'),
  field(3, 'key'),
  field(4, 'bundle'),
  field(5, 'hint'),
]);

test('the parts of a response', () => {
  const message = Buffer.concat([
    field(1, svid),
    field(2, 'a list of revoked certificates'),
    field(3, Buffer.concat([field(1, 'spiffe://c'), field(2, 'bundle of c')])),
    field(1, field(1, 'spiffe://a/c')),
    field(99, 'what comes with a later version'),
  ]);
  assert.deepEqual(readX509SvidResponse(message), {
    svids: [
      {
        spiffeId: 'spiffe://a/b',
        x509Svid: Buffer.from('chain'),
        x509SvidKey: Buffer.from('key'),
        bundle: Buffer.from('bundle'),
        hint: 'hint',
      },
      {
        spiffeId: 'spiffe://a/c',
        x509Svid: Buffer.alloc(0),
        x509SvidKey: Buffer.alloc(0),
        bundle: Buffer.alloc(0),
        hint: '',
      },
    ],
    federatedBundles: new Map([['spiffe://c', Buffer.from('bundle of c')]]),
  });
});

test('of what comes twice the last one counts', () => {
  const entry = (name: string, bundle: string) =>
    field(3, Buffer.concat([field(1, 'x'), field(1, name), field(2, bundle)]));
  const message = Buffer.concat([entry('a', 'one'), entry('b', 'two'), entry('a', 'three')]);
  const { federatedBundles } = readX509SvidResponse(message) ?? assert.fail('malformed');
  assert.deepEqual([...federatedBundles].map(String), ['a,three', 'b,two']);
});

const malformed: readonly (readonly [string, Buffer])[] = [
  ['an SVID', field(1, Buffer.of(0x0a))],
  ['a federated bundle', field(3, Buffer.of(0x0a))],
  ['an ID that is not UTF-8', field(1, field(1, Buffer.of(0xff)))],
  ['a hint that is not UTF-8', field(1, field(5, Buffer.of(0xc3)))],
  ['a trust domain that is not UTF-8', field(3, field(1, Buffer.of(0xff)))],
];

for (const [name, message] of malformed) {
  test(`malformed: ${name}`, () => {
    assert.equal(readX509SvidResponse(message), undefined);
  });
}
