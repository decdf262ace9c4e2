import assert from 'node:assert/strict';
import test from 'node:test';
import { IpAllowList, IpDenyList } from '../../../../src/routing/middleware/ip-filter.js';
import { parseIpRange } from '../../../../src/rule/ip-range.js';

const ranges = ['10.0.0.0/8', '2001:db8::/32'].flatMap((text) => parseIpRange(text) ?? []);
const allow = new IpAllowList('m', ranges);
const deny = new IpDenyList('m', ranges);

const CASES: readonly (readonly [address: string, allowed: boolean, notDenied: boolean])[] = [
  ['10.1.2.3', true, false],
  ['2001:db8::7', true, false],
  ['192.0.2.1', false, true],
  ['2001:db9::7', false, true],
  // Whoever has no address is not known to be somebody else.
  ['', false, false],
  ['somewhere', false, false],
];

for (const [address, allowed, notDenied] of CASES) {
  test(`"${address}" with an allow list and with a deny list`, () => {
    assert.deepEqual([allow.admits(address), deny.admits(address)], [allowed, notDenied]);
  });
}
