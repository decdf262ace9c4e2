import assert from 'node:assert/strict';
import test from 'node:test';
import { changeOf, EVENT_FILTERS, type Change } from '../../../../providers/docker/event.js';

interface Case {
  readonly name: string;
  readonly event: unknown;
  readonly change: Change | undefined;
}

const event = (Type: string, ID: unknown, Attributes?: unknown) => ({
  Type,
  Action: 'start',
  Actor: { ID, Attributes },
});

const CASES: readonly Case[] = [
  {
    name: 'a container with a label of ours',
    event: event('container', 'c1', { image: 'x', 'traefik.enable': 'true' }),
    change: { id: 'c1', isLabelled: true },
  },
  {
    name: 'a container with a label of ours in the wrong case',
    event: event('container', 'c1', { 'Traefik.enable': 'true' }),
    change: { id: 'c1', isLabelled: true },
  },
  {
    name: 'a container that gets a signal',
    event: {
      ...event('container', 'c1', { signal: '15', 'traefik.enable': 'true' }),
      Action: 'kill',
    },
    change: { id: 'c1', isLabelled: true, kill: { signal: '15', at: undefined } },
  },
  {
    name: 'a container that gets a signal at a time',
    event: {
      ...event('container', 'c1', { signal: '9' }),
      Action: 'kill',
      timeNano: 1_796_029_656_500_000_000,
    },
    change: { id: 'c1', isLabelled: false, kill: { signal: '9', at: 1_796_029_656_500 } },
  },
  {
    name: 'a container without',
    event: event('container', 'c1', { image: 'x', name: 'web' }),
    change: { id: 'c1', isLabelled: false },
  },
  {
    name: 'a container of which nothing is said',
    event: event('container', 'c1'),
    change: { id: 'c1', isLabelled: undefined },
  },
  {
    name: 'a container that is attached to a network',
    event: event('network', 'n1', { container: 'c1', name: 'front' }),
    change: { id: 'c1', isLabelled: undefined },
  },
  {
    name: 'a network by itself',
    event: event('network', 'n1', { name: 'front' }),
    change: undefined,
  },
  { name: 'an image', event: event('image', 'i1', {}), change: undefined },
  { name: 'no container', event: event('container', ''), change: undefined },
  { name: 'a number for an id', event: event('container', 5), change: undefined },
  { name: 'nothing', event: null, change: undefined },
  { name: 'a list', event: [], change: undefined },
];

for (const { name, event: told, change } of CASES) {
  test(`an event about ${name}`, () => {
    assert.deepEqual(changeOf(JSON.stringify(told)), change);
  });
}

test('a line that is no JSON tells of nothing', () => {
  assert.equal(changeOf('{"Type":"container"'), undefined);
});

test('the events of D13 are asked for, and no others that a quiet machine sends all the time', () => {
  const { type, event: actions } = EVENT_FILTERS;
  assert.deepEqual(type, ['container', 'network']);
  const wanted = 'start die destroy pause unpause rename update health_status connect disconnect';
  for (const action of wanted.split(' ')) assert.ok(actions.includes(action), action);
  assert.ok(!actions.some((action) => action.startsWith('exec')));
});
