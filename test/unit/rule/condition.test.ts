import assert from 'node:assert/strict';
import test from 'node:test';
import { conditionOf, type Condition } from '../../../src/rule/condition.js';
import { SPECIFICITY, type RuleFacts, type RuleSyntax } from '../../../src/rule/matcher.js';
import { parseRule } from '../../../src/rule/parser.js';
import type { RuleProblem } from '../../../src/rule/problem.js';

function read(rule: string, syntax: RuleSyntax = 'v3') {
  const parsed = parseRule(rule);
  assert.ok(parsed.ok, rule);
  return conditionOf(parsed.value, syntax);
}

function condition(rule: string, syntax?: RuleSyntax): Condition {
  const result = read(rule, syntax);
  assert.ok(result.ok, rule);
  return result.value;
}

function refusal(rule: string, syntax?: RuleSyntax): RuleProblem {
  const result = read(rule, syntax);
  assert.ok(!result.ok, rule);
  return result;
}

/** `-`: without a name; an address begins with a digit; what follows `/` is ALPN. */
function facts(text: string): RuleFacts {
  const [who = '', protocols] = text.split('/');
  const alpn = protocols?.split(',') ?? [];
  const remoteAddress = /^[0-9:]/.test(who) ? who : '192.0.2.1';
  const serverName = /^[-0-9:]/.test(who) ? undefined : who;
  return { remoteAddress, serverName, alpn };
}

interface Case {
  readonly rule: string;
  readonly syntax?: RuleSyntax;
  readonly takes?: readonly string[];
  readonly leaves?: readonly string[];
}

const CASES: readonly Case[] = [
  { rule: 'HostSNI(`*`)', takes: ['a.test', '-', '10.0.0.1'] },
  { rule: 'HostSNI(`A.test.`)', takes: ['a.test'], leaves: ['b.test', 'x.a.test', '-'] },
  {
    rule: 'HostSNI(`*.a.test`)',
    takes: ['x.a.test', '*.a.test'],
    leaves: ['a.test', 'x.y.a.test', 'xa.test', '.a.test', '-'],
  },
  // Said, because hardly any client does; and taken, as in Traefik, where one does.
  { rule: 'HostSNI(`a.test:1`)', takes: ['a.test:1'], leaves: ['a.test', '-'] },
  { rule: '!HostSNI(`a.test`)', takes: ['b.test', '-'], leaves: ['a.test'] },
  { rule: '!(HostSNI(`a`) || HostSNI(`b`))', takes: ['c', '-'], leaves: ['a', 'b'] },
  { rule: 'HostSNI(`a`) || HostSNI(`b`)', takes: ['a', 'b'], leaves: ['c', '-'] },
  { rule: 'HostSNI(`a`) && ALPN(`h2`)', takes: ['a/h2', 'a/x,h2'], leaves: ['a', 'b/h2', 'a/H2'] },
  {
    rule: 'HostSNIRegexp(`^db-[0-9]+\\.test$`)',
    takes: ['db-17.test'],
    leaves: ['db-x.test', '-'],
  },
  { rule: 'HostSNIRegexp(`^$`)', takes: ['-'], leaves: ['a'] },
  { rule: 'HostSNIRegexp(`.*`)', takes: ['-', 'a'] },
  { rule: 'HostSNIRegexp(`(?i)^A$`)', takes: ['a'], leaves: ['b'] },
  { rule: 'ClientIP(`10.0.0.7/8`)', takes: ['10.255.0.1'], leaves: ['11.0.0.1', '::1'] },
  { rule: '!ClientIP(`10.0.0.0/8`)', takes: ['11.0.0.1', '::1'], leaves: ['10.0.0.1'] },
  { rule: 'HostSNI(`a`, `b.`)', syntax: 'v2', takes: ['a', 'b'], leaves: ['c', '-'] },
  { rule: 'HostSNI(`*`, `a`)', syntax: 'v2', takes: ['-', 'b'] },
  { rule: 'HostSNI(`a`, `*`)', syntax: 'v2', takes: ['b'], leaves: ['-'] },
  {
    rule: 'HostSNIRegexp(`{x:[a-z]{2}}.Test`, `{sub}.n.test`)',
    syntax: 'v2',
    takes: ['ab.test', 'a-1.n.test'],
    leaves: ['a.test', 'ab.testx', 'a.b.n.test', 'abxtest', '-'],
  },
  {
    rule: 'ClientIP(`10.0.0.0/8`, `::1`)',
    syntax: 'v2',
    takes: ['10.1.1.1', '::1'],
    leaves: ['11.0.0.1'],
  },
  { rule: 'ALPN(`h2`, `x`)', syntax: 'v2', takes: ['a/x'], leaves: ['a/y', '-'] },
];

for (const { rule, syntax, takes = [], leaves = [] } of CASES) {
  test(`${rule} in ${syntax ?? 'v3'} takes what it should and nothing else`, () => {
    const { matches } = condition(rule, syntax);
    for (const text of takes) assert.equal(matches(facts(text)), true, text);
    for (const text of leaves) assert.equal(matches(facts(text)), false, text);
  });
}

const REFUSALS: readonly (readonly [
  rule: string,
  code: string,
  offset: number,
  suggestion?: string | undefined,
  syntax?: RuleSyntax,
])[] = [
  ['HostSNI()', 'argument-count', 0],
  ['HostSNI(`a`, `b`)', 'argument-count', 13, 'HostSNI(`a`) || HostSNI(`b`)'],
  ['HostSNI()', 'argument-count', 0, undefined, 'v2'],
  ['HostSNI(``)', 'bad-argument', 8],
  ['HostSNI(`a.*.test`)', 'bad-argument', 8],
  ['HostSNI(`*.a.test`)', 'bad-argument', 8, undefined, 'v2'],
  ['HostSNI(` a.test `)', 'bad-argument', 8, 'a.test'],
  ['HostSNI(`https://a.test/x`)', 'bad-argument', 8, 'a.test'],
  ['HostSNI(`a.test, b.test`)', 'bad-argument', 8, 'HostSNI(`a.test`) || HostSNI(`b.test`)'],
  ['HostSNI(`bücher.test`)', 'bad-argument', 8],
  ['HostSNI(`${DOMAIN}`)', 'bad-argument', 8],
  ['ALPN(`x`) || HostSNIRegexp(`(`)', 'bad-argument', 27],
  ['HostSNIRegexp(`(?=a)`)', 'bad-argument', 14],
  ['HostSNIRegexp(`ü`)', 'bad-argument', 14],
  ['HostSNIRegexp(`{a`)', 'bad-argument', 14, undefined, 'v2'],
  ['HostSNIRegexp(`a}`)', 'bad-argument', 14, undefined, 'v2'],
  ['HostSNIRegexp(`{:a}`)', 'bad-argument', 14, undefined, 'v2'],
  ['HostSNIRegexp(`{a:}`)', 'bad-argument', 14, undefined, 'v2'],
  ['ClientIP(`localhost`)', 'bad-argument', 9],
  ['ClientIP(`[::1]`)', 'bad-argument', 9, '::1'],
  ['ClientIP(`10.0.0.1:80`)', 'bad-argument', 9, '10.0.0.1'],
  ['ClientIP(`10.0.0.1 ::1`)', 'bad-argument', 9, 'ClientIP(`10.0.0.1`) || ClientIP(`::1`)'],
  ['!ALPN(`acme-tls/1`)', 'bad-argument', 6],
];

for (const [rule, code, offset, suggestion, syntax] of REFUSALS) {
  test(`${rule} in ${syntax ?? 'v3'} is refused as ${code}`, () => {
    const problem = refusal(rule, syntax);
    assert.deepEqual([problem.code, problem.offset], [code, offset]);
    assert.deepEqual(problem.suggestions ?? [], suggestion === undefined ? [] : [suggestion]);
  });
}

const SPECIFICITIES: readonly (readonly [rule: string, kind: keyof typeof SPECIFICITY])[] = [
  ['HostSNI(`a`)', 'exact'],
  ['HostSNI(`*.a`)', 'wildcard'],
  ['HostSNIRegexp(`a`)', 'pattern'],
  ['HostSNI(`*`)', 'none'],
  ['ClientIP(`::1`)', 'none'],
  ['!HostSNI(`a`)', 'none'],
  ['HostSNI(`a`) && HostSNIRegexp(`a`)', 'exact'],
  ['HostSNI(`a`) || HostSNI(`*.a`)', 'wildcard'],
  ['HostSNI(`a`) || ClientIP(`::1`)', 'none'],
];

for (const [rule, kind] of SPECIFICITIES) {
  test(`the host of ${rule} counts as ${kind}`, () => {
    assert.equal(condition(rule).specificity, SPECIFICITY[kind]);
  });
}

const CONSTANTS: readonly (readonly [
  rule: string,
  onPlain: boolean | undefined,
  onTls: boolean | undefined,
])[] = [
  ['HostSNI(`*`)', true, true],
  ['!HostSNI(`*`)', false, false],
  ['HostSNI(`a`)', false, undefined],
  ['HostSNIRegexp(`^a$`)', false, undefined],
  ['HostSNIRegexp(`.*`)', true, undefined],
  ['HostSNIRegexp(`^A$`)', false, false],
  ['ALPN(`h2`)', false, undefined],
  ['ClientIP(`::1`)', undefined, undefined],
  ['ClientIP(`::1`) && ALPN(`h2`)', false, undefined],
  ['ClientIP(`::1`) || HostSNI(`*`)', true, true],
  ['HostSNI(`*`) && ClientIP(`::1`)', undefined, undefined],
];

for (const [rule, onPlain, onTls] of CONSTANTS) {
  test(`what ${rule} always comes to is known`, () => {
    const known = condition(rule);
    assert.deepEqual([known.onPlain, known.onTls], [onPlain, onTls]);
  });
}

const NOTES: readonly (readonly [rule: string, codes: readonly string[]])[] = [
  ['HostSNIRegexp(`^A\\.test$`)', ['never-matches']],
  ['!HostSNIRegexp(`^A\\.test$`)', []],
  ['HostSNIRegexp(`^[A-Z]$`)', []],
  ['HostSNIRegexp(`{sub:[a-z]+}.test`)', ['v2-syntax']],
  ['HostSNIRegexp(`^a{2}b{1,3}$`)', []],
];

for (const [rule, codes] of NOTES) {
  test(`${rule} is remarked on as [${codes.join(', ')}]`, () => {
    assert.deepEqual(
      condition(rule).notes.map(({ code }) => code),
      codes,
    );
  });
}
