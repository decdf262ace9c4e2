import assert from 'node:assert/strict';
import test from 'node:test';
import { parseRule } from '../../../src/rule/parser.js';
import { hostsOf } from '../../../src/rule/rule.js';

for (const [rule, hosts] of [
  ['HostSNI(`*`)', []],
  ['HostSNI(`A.test.`)', ['a.test']],
  ['HostSNI(`*.a.test`)', ['*.a.test']],
  ['HostSNI(`a.test`) && ClientIP(`::1`)', ['a.test']],
  [
    'HostSNI(`a.test`) || (HostSNI(`b.test`) && ALPN(`x`)) || HostSNI(`a.test`)',
    ['a.test', 'b.test'],
  ],
  ['HostSNI(`a.test`, `b.test`, `*`)', ['a.test', 'b.test']],
  ['!HostSNI(`a.test`)', []],
  ['!(HostSNI(`a.test`) || HostSNI(`b.test`)) || HostSNI(`c.test`)', ['c.test']],
  ['HostSNIRegexp(`^a`)', []],
] as const) {
  test(`hosts of ${rule}: ${hosts.join(', ') || 'none'}`, () => {
    const parsed = parseRule(rule);
    assert.ok(parsed.ok && parsed.value);
    assert.deepEqual(hostsOf(parsed.value), hosts);
  });
}
