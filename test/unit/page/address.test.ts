import assert from 'node:assert/strict';
import test from 'node:test';
import { readAddress, writeAddress } from '../../../page/address.js';

test('the address holds what is chosen and searched for, whatever it is called', () => {
  const address = { selected: 'server:a&b=c@file [::1]:1', search: '50% #1', onlyProblems: true };
  assert.deepEqual(readAddress(writeAddress(address)), address);
});

test('nothing is held where there is nothing to hold', () => {
  const nothing = { selected: undefined, search: '', onlyProblems: false };
  assert.equal(writeAddress(nothing), '');
  for (const hash of ['', '#', '#picture', '#select='])
    assert.deepEqual(readAddress(hash), nothing);
});
