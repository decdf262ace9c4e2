import assert from 'node:assert/strict';
import test from 'node:test';
import { isOfSwarm } from '../../../../../providers/docker/swarm/event.js';
import { serviceEvent } from '../../../../support/fake-manager.js';

const CONTAINER = { Type: 'container', Action: 'start', scope: 'local' };
const OF_TASK = { 'com.docker.swarm.service.id': 'x', image: 'y' };

const CASES: readonly (readonly [what: string, event: unknown, isOurs: boolean])[] = [
  ['a service', serviceEvent('update', 'db'), true],
  ['a node', { Type: 'node', Action: 'update', scope: 'swarm' }, true],
  ['an overlay network', { Type: 'network', Action: 'remove', scope: 'swarm' }, true],
  ['a network of this engine', { Type: 'network', Action: 'create', scope: 'local' }, false],
  ["a task's container", { ...CONTAINER, Actor: { ID: 'c', Attributes: OF_TASK } }, true],
  ['another container', { ...CONTAINER, Actor: { ID: 'c', Attributes: { image: 'y' } } }, false],
  ['nothing at all', null, false],
];

for (const [what, event, isOurs] of CASES) {
  test(`an event of ${what} ${isOurs ? 'has the Swarm read again' : 'says nothing of the Swarm'}`, () => {
    assert.equal(isOfSwarm(JSON.stringify(event)), isOurs);
  });
}

test('a line that is no JSON says nothing', () => {
  assert.equal(isOfSwarm('{"Type":"service'), false);
});
