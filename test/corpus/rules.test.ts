import { rightSetups, wrongSetups, type Wrong } from './support/cases.js';
import { labels, yaml } from './support/sketches.js';

const KEY = 'container app: label traefik.tcp.routers.db.rule';

/** A router with this rule. */
const rule = (text: string, tls = false) =>
  labels({ 'tcp.routers.db.rule': text, ...(tls && { 'tcp.routers.db.tls': 'true' }) });

const bad = (of: string, text: string, advice: readonly string[], tls = false): Wrong => ({
  of,
  setup: rule(text, tls),
  code: 'bad-rule',
  at: [KEY],
  value: text,
  advice,
});

wrongSetups('rules', [
  bad('no quotes', 'HostSNI(*)', ['HostSNI(`*`)']),
  bad('no quotes around a name', 'HostSNI(db.test)', ['`db.test`'], true),
  bad('single quotes', "HostSNI('*')", ['`*`']),
  bad('typographic quotes', 'HostSNI(‘*’)', ['`*`']),
  bad('Host of HTTP', 'Host(`db.test`)', ['HostSNI'], true),
  bad('HostRegexp of HTTP', 'HostRegexp(`.*`)', ['HostSNIRegexp'], true),
  bad('PathPrefix of HTTP', 'HostSNI(`*`) && PathPrefix(`/x`)', ['HostSNI']),
  bad('a slip in the matcher', 'HostSNl(`*`)', ['HostSNI']),
  bad('the matcher in lower case is right, its slip is not', 'hostsnii(`*`)', ['HostSNI']),
  bad('a bracket left open', 'HostSNI(`*`', [')']),
  bad('a bracket too many', 'HostSNI(`*`))', ['leave']),
  bad('and as a word', 'HostSNI(`a.test`) and ClientIP(`10.0.0.1`)', ['&&'], true),
  bad('one ampersand', 'HostSNI(`a.test`) & ClientIP(`10.0.0.1`)', ['&&'], true),
  bad('nothing between two matchers', 'HostSNI(`a.test`) ClientIP(`10.0.0.1`)', ['&&'], true),
  bad('an address that is none', 'ClientIP(`10.0.0.300`)', ['range']),
  bad('a prefix that is too long', 'ClientIP(`10.0.0.0/40`)', ['range']),
  bad('a regular expression that is none', 'HostSNIRegexp(`^db(`)', ['RE2'], true),
  bad('what RE2 does not have', 'HostSNIRegexp(`^(?!db)`)', ['RE2'], true),
  bad('two arguments for one', 'HostSNI(`a.test`, `b.test`)', ['||'], true),
  bad('no argument', 'HostSNI()', ['HostSNI(`']),
  bad('an empty argument', 'HostSNI(``)', ['*'], true),
  bad('a host as a URL', 'HostSNI(`https://db.test`)', ['db.test'], true),
  bad('a star in the middle', 'HostSNI(`db.*.test`)', ['HostSNIRegexp'], true),
  bad('text alone', 'db.test', ['HostSNI(`db.test`)'], true),
  {
    of: 'a host with its port',
    setup: rule('HostSNI(`db.test:5432`)', true),
    code: 'never-matches',
    at: [KEY],
    value: 'HostSNI(`db.test:5432`)',
    advice: ['db.test'],
  },
  {
    of: 'a variable that nobody filled in',
    setup: rule('HostSNI(`${HOST}`)', true),
    code: 'bad-rule',
    at: [KEY],
    value: 'HostSNI(`${HOST}`)',
    advice: ['$$'],
  },
  {
    of: 'a host without TLS',
    setup: rule('HostSNI(`db.test`)'),
    code: 'bad-rule',
    at: [KEY],
    value: 'HostSNI(`db.test`)',
    advice: ['tls', 'HostSNI(`*`)'],
  },
  {
    of: 'ALPN without TLS',
    setup: rule('HostSNI(`*`) && ALPN(`h2`)'),
    code: 'never-matches',
    at: [KEY],
    advice: ['tls'],
    works: ['db@docker'],
  },
  {
    of: 'syntax v2 that is v3',
    setup: labels({
      'tcp.routers.db.rulesyntax': 'v2',
      'tcp.routers.db.rule': 'HostSNIRegexp(`^db$`)',
      'tcp.routers.db.tls': 'true',
    }),
    code: 'never-matches',
    at: [KEY],
    value: 'HostSNIRegexp(`^db$`)',
    advice: ['ruleSyntax'],
    works: ['db@docker'],
  },
  {
    of: 'a syntax that does not exist',
    setup: labels({ 'tcp.routers.db.rulesyntax': 'v4' }),
    code: 'unknown-value',
    at: ['traefik.tcp.routers.db.rulesyntax'],
    value: 'v4',
    advice: ['v3'],
  },
  {
    of: 'braces of version 2',
    setup: rule('HostSNIRegexp(`{sub:[a-z]+}.test`)', true),
    code: 'never-matches',
    at: [KEY],
    advice: ['braces'],
  },
  {
    of: 'a server that speaks first beside TLS routers',
    setup: labels({
      'tcp.routers.tls.rule': 'HostSNI(`db.test`)',
      'tcp.routers.tls.tls.passthrough': 'true',
    }),
    code: 'guessed',
    at: [KEY],
    advice: ['entry point'],
    works: ['db@docker', 'tls@docker'],
  },
  {
    of: 'a bad rule in a file, beside a right one',
    setup: yaml(`tcp:
  routers:
    bad: { rule: "Host(\`x.test\`)", service: beside }
    good: { rule: "HostSNI(\`*\`)", service: beside }
`),
    code: 'bad-rule',
    at: ['dynamic.yml:3'],
    value: 'Host(`x.test`)',
    advice: ['HostSNI'],
    works: ['good@file'],
  },
]);

rightSetups('rules', [
  { of: 'any', setup: rule('HostSNI(`*`)'), works: ['db@docker'] },
  { of: 'in lower case', setup: rule('hostsni(`*`)'), works: ['db@docker'] },
  { of: 'double quotes', setup: rule('HostSNI("*")'), works: ['db@docker'] },
  { of: 'a name', setup: rule('HostSNI(`db.test`)', true), works: ['db@docker'] },
  { of: 'a wildcard', setup: rule('HostSNI(`*.test`)', true), works: ['db@docker'] },
  {
    of: 'a pattern',
    setup: rule('HostSNIRegexp(`^(a|b)[.]test$`)', true),
    works: ['db@docker'],
  },
  {
    of: 'several joined',
    setup: rule('(HostSNI(`a.test`) || HostSNI(`b.test`)) && !ClientIP(`10.0.0.0/8`)', true),
    works: ['db@docker'],
  },
  { of: 'an address without TLS', setup: rule('ClientIP(`2001:db8::/32`)'), works: ['db@docker'] },
  {
    of: 'braces within the braces of syntax v2',
    setup: labels({
      'tcp.routers.db.rulesyntax': 'v2',
      'tcp.routers.db.rule': 'HostSNIRegexp(`{name:[a-z]{3}}.test`)',
      'tcp.routers.db.tls': 'true',
    }),
    works: ['db@docker'],
  },
  {
    of: 'dollars that nobody halved',
    setup: rule('HostSNIRegexp(`^db$$`)', true),
    works: ['db@docker'],
  },
  { of: 'a protocol', setup: rule('HostSNI(`a.test`) && ALPN(`h2`)', true), works: ['db@docker'] },
]);
