import assert from 'node:assert/strict';
import test from 'node:test';
import { parseAddress } from '../../../src/routing/address.js';

const portOf = (name: string) => (name === 'postgresql' ? 5432 : undefined);

const READ: readonly (readonly [text: string, host: string, port: number])[] = [
  ['10.0.0.1:80', '10.0.0.1', 80],
  ['db.internal:postgresql', 'db.internal', 5432],
  ['[::1]:1', '::1', 1],
  ['[::]:65535', '::', 65_535],
  ['[fe80::1%eth0]:80', 'fe80::1%eth0', 80],
  ['[::ffff:10.0.0.1]:80', '::ffff:10.0.0.1', 80],
  [':80', 'localhost', 80],
  ['my_host:080', 'my_host', 80],
];

for (const [text, host, port] of READ) {
  test(`${text} is ${host} and ${port}`, () => {
    assert.deepEqual(parseAddress(text, portOf), { ok: true, host, port });
  });
}

const REFUSED: readonly (readonly [text: string, suggestion?: string])[] = [
  [''],
  ['10.0.0.1', '10.0.0.1:PORT'],
  ['::1', '[::1]:PORT'],
  ['2001:db8::1:2', '[2001:db8::1]:2'],
  ['tcp://10.0.0.1:80/x', '10.0.0.1:80'],
  ['10.0.0.1:0'],
  ['10.0.0.1:65536'],
  ['10.0.0.1:'],
  ['10.0.0.1:-1'],
  ['10.0.0.1:nope'],
  ['[10.0.0.1]:80'],
  ['[::1]'],
  ['[::1:80'],
  ['a b:80'],
  ['a:1:2'],
  [`${'a'.repeat(100_000)}:x`],
];

for (const [text, suggestion] of REFUSED) {
  test(`"${text.slice(0, 40)}" is no address`, () => {
    const parsed = parseAddress(text, portOf);
    assert.ok(!parsed.ok);
    const [first] = parsed.suggestions;
    // An address of seven groups and a number may be one of eight: the suggestion is only likely.
    assert.equal(first, suggestion);
  });
}
