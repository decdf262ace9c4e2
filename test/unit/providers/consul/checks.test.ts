import assert from 'node:assert/strict';
import test from 'node:test';
import { isAccepted, statusOf } from '../../../../providers/consul/checks.js';

const checks = (...statuses: readonly string[]) =>
  statuses.map((status, index) => ({ id: `c${index}`, status }));

test('the worst check counts, and none at all is passing (CNS-10)', () => {
  assert.equal(statusOf([]), 'passing');
  assert.equal(statusOf(checks('passing', 'passing')), 'passing');
  assert.equal(statusOf(checks('passing', 'warning')), 'warning');
  assert.equal(statusOf(checks('warning', 'critical', 'passing')), 'critical');
});

test('maintenance of the node or of the service counts before all', () => {
  for (const id of ['_node_maintenance', '_service_maintenance:db1']) {
    assert.equal(statusOf([...checks('passing'), { id, status: 'critical' }]), 'maintenance');
  }
});

test('what is accepted is said by strictChecks, in any case; any is everything', () => {
  assert.equal(isAccepted('warning', ['passing', 'Warning']), true);
  assert.equal(isAccepted('critical', ['passing', 'warning']), false);
  assert.equal(isAccepted('maintenance', ['any']), true);
});
