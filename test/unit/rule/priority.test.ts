import assert from 'node:assert/strict';
import test from 'node:test';
import { parseRule } from '../../../src/rule/parser.js';
import { defaultPriority } from '../../../src/rule/priority.js';

const CASES: readonly (readonly [rule: string, priority: bigint])[] = [
  ['HostSNI(`*`)', -1n],
  ['  HOSTSNI ( "*" )  ', -1n],
  ['((HostSNI(`*`)))', -1n],
  ['!HostSNI(`*`)', -1n],
  ['HostSNI(`*`) && HostSNI(`*`)', 28n],
  ['HostSNI(`*`, `a`)', 17n],
  ['HostSNIRegexp(`.*`)', 19n],
  ['HostSNI(`a`) ', 13n],
  ['HostSNI(`bücher`)', 18n],
  ['HostSNI(`a`', 11n],
];

for (const [rule, priority] of CASES) {
  test(`${JSON.stringify(rule)} has priority ${priority}`, () => {
    const parsed = parseRule(rule);
    assert.equal(defaultPriority(rule, parsed.ok ? parsed.value : undefined), priority);
  });
}
