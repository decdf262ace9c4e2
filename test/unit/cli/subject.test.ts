import assert from 'node:assert/strict';
import test from 'node:test';
import { explanation, explanationJson } from '../../../src/cli/explain.js';
import { namesOf, subjectOf } from '../../../src/cli/subject.js';
import type { Diagnostic } from '../../../src/config/diagnostic.js';
import type { Story } from '../../../src/config/story.js';
import { look } from '../../../src/look.js';
import { loadStatic } from '../../../src/config/static/load.js';
import { readStack } from '../../../providers/docker/compose/stack.js';
import { dockerConfig } from '../../support/docker.js';

const STACK = `
services:
  db:
    labels:
      traefik.tcp.routers.pg.rule: HostSNI(\`*\`)
      traefik.tcp.routers.pg.service: shared
      traefik.tcp.routers.pg.middlewares: few
      traefik.tcp.middlewares.few.inflightconn.amount: 5
      traefik.tcp.services.shared.loadbalancer.server.port: 5432
  twin:
    labels:
      traefik.tcp.services.shared.loadbalancer.server.port: 5432
  web:
    labels:
      traefik.tcp.routers.web.rule: Hots(\`x\`)
      traefik.tcp.services.web.loadbalancer.server.port: 80
  off: { labels: { traefik.enable: false, traefik.tcp.routers.off.rule: x } }
`;

async function seen() {
  const stack = readStack({ paths: ['/s/c.yml'], profiles: [], env: {}, readFile: () => STACK });
  const loaded = loadStatic({ argv: [], env: {}, readFile: () => undefined });
  assert.ok(loaded.ok);
  const stories: Story[] = [];
  const provider = stack.provider(dockerConfig(), (story) => stories.push(story));
  const found = await look({
    config: loaded.config,
    findings: [],
    configured: [{ provider, endpoint: '', type: 'Docker' }],
    inferEntryPoints: true,
  });
  return { ...found, stories };
}

const CASES: readonly (readonly [
  name: string,
  stories: readonly string[],
  routers: readonly string[],
  services: readonly string[],
  codes?: readonly Diagnostic['code'][],
])[] = [
  ['pg', ['s-db-1', 's-twin-1'], ['pg@docker'], ['shared@docker']],
  ['pg@docker', ['s-db-1', 's-twin-1'], ['pg@docker'], ['shared@docker']],
  ['shared', ['s-db-1', 's-twin-1'], ['pg@docker'], ['shared@docker']],
  ['twin', ['s-twin-1', 's-db-1'], ['pg@docker'], ['shared@docker']],
  ['s-off-1', ['s-off-1'], [], []],
  ['web', ['s-web-1'], ['web@docker'], ['web@docker'], ['bad-rule']],
];

for (const [name, stories, routers, services, codes = []] of CASES) {
  test(`all that belongs to "${name}" is found`, async () => {
    const found = subjectOf(name, await seen()) ?? assert.fail('nothing is found');
    assert.deepEqual(
      {
        stories: found.stories.map((story) => story.name).sort(),
        routers: found.routers.map(({ merged }) => merged.name),
        services: found.services.map(({ merged }) => merged.name),
        codes: [...new Set(found.diagnostics.map(({ code }) => code))],
      },
      { stories: [...stories].sort(), routers, services, codes },
    );
  });
}

test('what nobody declares is not found, and the names that are known are', async () => {
  const known = await seen();
  assert.equal(subjectOf('nobody', known), undefined);
  for (const name of ['s-db-1', 'db', 'pg', 'pg@docker', 'shared']) {
    assert.ok(namesOf(known).includes(name), name);
  }
});

test('a story is told from the container to the server, as text and as data', async () => {
  const known = await seen();
  const subject = subjectOf('pg', known) ?? assert.fail('nothing is found');
  const text = explanation(subject, known, { locate: (at) => at, lineOf: () => undefined });
  const order = ['container s-db-1', 'router pg@docker: enabled', 'HostSNI(`*`)', 'few@docker']
    .concat(['service shared@docker: enabled', 'db:5432 (from container s-db-1)'])
    .map((part) => text.indexOf(part));
  assert.ok(!order.includes(-1), text);
  assert.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
  );
  const data = JSON.stringify(explanationJson(subject, known), (_, value: unknown) =>
    typeof value === 'bigint' ? Number(value) : value,
  );
  assert.deepEqual(
    Object.entries(JSON.parse(data) as Record<string, readonly object[]>).map(
      ([part, list]) => `${part} ${list.length}`,
    ),
    ['found 2', 'routers 1', 'services 1', 'middlewares 1', 'diagnostics 0'],
  );
});
