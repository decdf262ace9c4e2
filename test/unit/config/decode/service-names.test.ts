import assert from 'node:assert/strict';
import test from 'node:test';
import { parseServices } from '../../../../src/config/decode/service-names.js';

test('names and aliases of TCP services are known, those of UDP are not', () => {
  const ports = parseServices('postgresql 5432/tcp postgres # db\nsyslog 514/udp\n# comment\n');
  assert.deepEqual(
    [...ports],
    [
      ['postgresql', 5432],
      ['postgres', 5432],
    ],
  );
});
