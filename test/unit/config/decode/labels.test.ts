import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { decodeLabels, type Label } from '../../../../src/config/decode/labels.js';
import { isBroken } from '../../../../src/config/model.js';

const PREFIX = 'traefik.tcp.';

function decode(labels: Readonly<Record<string, string>>) {
  const written = Object.entries(labels).map(([key, value]): Label => ({
    key,
    value,
    at: { kind: 'label', container: 'c', containerId: 'id', key },
  }));
  return decodeLabels(written, { provider: 'docker', allowPrivileged: false });
}

interface Case {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Name to config, `undefined` for one that is broken. */
  readonly routers?: Readonly<Record<string, object | undefined>>;
  readonly services?: Readonly<Record<string, object | undefined>>;
  readonly codes?: readonly string[];
}

const ANY = 'HostSNI(`*`)';

const cases: readonly Case[] = [
  {
    name: 'labels of other tools are none of our business',
    labels: { 'com.x': '1', traefikfoo: '2' },
  },
  {
    name: 'keys match in any case, and the first spelling names the object (LBL-5)',
    labels: { [`${PREFIX}routers.R.rule`]: 'A', [`${PREFIX}routers.r.RULE`]: ANY },
    routers: { R: { rule: ANY } },
    codes: ['ignored'],
  },
  {
    name: 'an allow-empty section is on when empty or true, off when false (LBL-9)',
    labels: {
      [`${PREFIX}routers.a.rule`]: ANY,
      [`${PREFIX}routers.a.tls`]: '',
      [`${PREFIX}routers.b.rule`]: ANY,
      [`${PREFIX}routers.b.tls`]: 'false',
    },
    routers: { a: { rule: ANY, tls: {} }, b: { rule: ANY } },
  },
  {
    name: 'a value that is neither on nor off never turns TLS off (BUG-25)',
    labels: { [`${PREFIX}routers.r.rule`]: ANY, [`${PREFIX}routers.r.tls`]: 'yes' },
    routers: { r: undefined },
    codes: ['bad-value'],
  },
  {
    name: 'one bad label costs its object only (D9)',
    labels: {
      [`${PREFIX}routers.bad.rule`]: ANY,
      [`${PREFIX}routers.bad.priority`]: '10px',
      [`${PREFIX}routers.ok.rule`]: ANY,
    },
    routers: { bad: undefined, ok: { rule: ANY } },
    codes: ['bad-value'],
  },
  {
    name: 'servers are one server in labels (LBL-12)',
    labels: { [`${PREFIX}services.s.loadbalancer.servers[0].port`]: '1' },
    services: { s: undefined },
    codes: ['unknown-key'],
  },
  {
    name: 'a bracket at the wrong place is a bad name and nothing worse (BUG-30)',
    labels: { [`${PREFIX}routers.r].rule`]: ANY, [`${PREFIX}routers.ok.rule`]: ANY },
    routers: { ok: { rule: ANY } },
    codes: ['bad-value'],
  },
  {
    name: 'names that every object has are names like any other',
    labels: {
      [`${PREFIX}routers.__proto__.rule`]: ANY,
      [`${PREFIX}routers.constructor.rule`]: ANY,
    },
    routers: { ['__proto__']: { rule: ANY }, constructor: { rule: ANY } },
  },
  {
    name: 'sluice. wins over traefik. where both speak (D37)',
    labels: { [`${PREFIX}routers.r.rule`]: 'A', 'sluice.tcp.routers.r.rule': ANY },
    routers: { r: { rule: ANY } },
    codes: ['ignored'],
  },
  {
    name: "the seed's label refers to a transport by its short name",
    labels: { 'traefik.tcp.services.Service01.loadBalancer.serversTransport': 'mytransport' },
    services: { Service01: { loadBalancer: { serversTransport: 'mytransport' } } },
  },
];

for (const { name, labels, routers = {}, services = {}, codes = [] } of cases) {
  test(name, () => {
    const { config, diagnostics } = decode(labels);
    const shown = (objects: typeof config.routers | typeof config.services) =>
      [...objects].map(([key, object]) => [key, isBroken(object) ? undefined : object.config]);
    assert.deepEqual(shown(config.routers), Object.entries(routers));
    assert.deepEqual(shown(config.services), Object.entries(services));
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      codes,
    );
  });
}

test('no set of labels makes the decoder throw', () => {
  const segment = fc.oneof(
    fc.constantFrom(
      'tcp',
      'routers',
      'services',
      'r',
      'rule',
      'tls',
      'loadbalancer',
      'server',
      'port',
      '[0]',
      'a[',
      ']',
      '',
      '__proto__',
    ),
    fc.string({ maxLength: 5 }),
  );
  const key = fc.array(segment, { maxLength: 8 }).map((parts) => ['traefik', ...parts].join('.'));
  fc.assert(
    fc.property(fc.dictionary(key, fc.string()), (labels) => {
      decode(labels);
    }),
    { numRuns: 2_000 },
  );
});
