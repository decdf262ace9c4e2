import assert from 'node:assert/strict';
import test from 'node:test';
import { parseWorkloadApiAddress } from '../../../../src/config/static/workload-api-address.js';

const good: readonly (readonly [string, object])[] = [
  ['unix:///run/spire/agent.sock', { kind: 'unix', path: '/run/spire/agent.sock' }],
  ['unix:/run/agent.sock', { kind: 'unix', path: '/run/agent.sock' }],
  ['UNIX:///run/agent.sock', { kind: 'unix', path: '/run/agent.sock' }],
  ['unix:///run/a%20b', { kind: 'unix', path: '/run/a b' }],
  [`unix:///${'x'.repeat(106)}`, { kind: 'unix', path: `/${'x'.repeat(106)}` }],
  ['tcp://127.0.0.1:8081', { kind: 'tcp', host: '127.0.0.1', port: 8081 }],
  ['tcp://[::1]:65535', { kind: 'tcp', host: '::1', port: 65_535 }],
];

for (const [text, address] of good) {
  test(`${text.slice(0, 40)} is an address`, () => {
    assert.deepEqual(parseWorkloadApiAddress(text), { ok: true, address });
  });
}

const bad: readonly string[] = [
  '',
  'localhost',
  '/run/agent.sock',
  'http://127.0.0.1:80',
  'npipe:pipe',
  'unix:agent.sock',
  'unix:./agent.sock',
  'unix://agent.sock',
  'unix://host/agent.sock',
  'unix://user@host/agent.sock',
  'unix://',
  'unix:///run/agent.sock?a=b',
  'unix:///run/agent.sock#a',
  'unix:///run/%zz',
  'unix:///run/%00',
  `unix:///${'x'.repeat(107)}`,
  'tcp://localhost:8081',
  'tcp://127.0.0.1',
  'tcp://127.0.0.1:',
  'tcp://127.0.0.1:0',
  'tcp://127.0.0.1:65536',
  'tcp://127.0.0.1:80/',
  'tcp://127.0.0.1:80/path',
  'tcp://127.0.0.1:80?a',
  'tcp://127.0.0.1:80#a',
  'tcp://user@127.0.0.1:80',
  'tcp:127.0.0.1:80',
  'tcp://::1:80',
  'tcp://[127.0.0.1]:80',
  'tcp://:80',
];

for (const text of bad) {
  test(`${JSON.stringify(text.slice(0, 40))} is none`, () => {
    assert.equal(parseWorkloadApiAddress(text).ok, false);
  });
}
