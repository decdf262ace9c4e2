import assert from 'node:assert/strict';
import test from 'node:test';
import { translate } from '../../../../providers/docker/container.js';
import { told } from '../../../../providers/docker/told.js';
import type { DockerConfig } from '../../../../src/config/static.js';
import type { Step, Story } from '../../../../src/config/story.js';
import { container, dockerConfig, type ContainerSketch } from '../../../support/docker.js';

const PORT = { 'traefik.tcp.services.s.loadbalancer.server.port': '1' };
const TWO = { back: '10.2.0.2', front: '10.1.0.2' };

const CASES: readonly (readonly [
  name: string,
  sketch: ContainerSketch,
  options: Partial<DockerConfig>,
  isConstrained: boolean,
  choices: readonly Step['choice'][],
  /** Somewhere in the last one. */
  last: string,
])[] = [
  [
    'a port of its own and one network',
    {
      networks: { front: '10.1.0.2' },
      ports: ['5432/tcp'],
      labels: { 'traefik.tcp.routers.r.rule': 'x' },
    },
    {},
    false,
    ['labels', 'takes part', 'state', 'port', 'network', 'server'],
    '10.1.0.2:5432',
  ],
  [
    'two services: the network is chosen once',
    {
      networks: TWO,
      labels: { ...PORT, 'traefik.tcp.services.t.loadbalancer.server.port': '2' },
    },
    { network: 'front' },
    false,
    ['labels', 'takes part', 'state', 'port', 'network', 'server', 'port', 'server'],
    '10.1.0.2:2',
  ],
  [
    'it is not enabled',
    { labels: PORT },
    { exposedByDefault: false },
    false,
    ['labels', 'takes part'],
    'exposedByDefault is false',
  ],
  [
    'it is switched off',
    { labels: { ...PORT, 'traefik.enable': 'false' } },
    {},
    false,
    ['labels', 'takes part'],
    'its label says so',
  ],
  [
    'it does not fulfil the constraints',
    { labels: PORT },
    {},
    true,
    ['labels', 'takes part', 'constraints'],
    'providers.docker.constraints',
  ],
  [
    'it does not run',
    { labels: PORT, state: 'exited' },
    {},
    false,
    ['labels', 'takes part', 'state'],
    'exited',
  ],
  [
    'it has no port',
    { labels: { 'traefik.tcp.routers.r.rule': 'x' }, ports: [] },
    {},
    false,
    ['labels', 'takes part', 'state', 'port'],
    'exposes no port',
  ],
  [
    'it is on no network',
    { labels: PORT, networks: {} },
    {},
    false,
    ['labels', 'takes part', 'state', 'port', 'network'],
    'no address',
  ],
];

for (const [name, sketch, options, isConstrained, choices, last] of CASES) {
  test(`what was chosen of a container, and why: ${name}`, () => {
    const context = {
      provider: 'docker',
      options: dockerConfig(options),
      constraint: () => !isConstrained,
      surroundings: { kind: 'host' },
      base: undefined,
      hostAddress: undefined,
    } as const;
    const stories: Story[] = [];
    const target = container(sketch);
    const translation = told(target, context, (story) => stories.push(story));
    // Who asks changes nothing.
    assert.deepEqual(translation, translate(target, context));
    const [story = assert.fail('nothing is told')] = stories;
    const { steps, id } = story;
    assert.equal(id, target.id);
    assert.deepEqual(
      steps.map(({ choice }) => choice),
      choices,
    );
    assert.ok(steps.at(-1)?.text.includes(last), steps.at(-1)?.text);
  });
}
