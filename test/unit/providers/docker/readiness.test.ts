import assert from 'node:assert/strict';
import test from 'node:test';
import { readinessOf } from '../../../../providers/docker/readiness.js';
import { container } from '../../../support/docker.js';

interface Case {
  readonly state?: string;
  readonly health?: string;
  /** `lacks code`; undefined: it is ready. */
  readonly why?: string;
}

/** DKR-14 to DKR-17. */
const CASES: readonly Case[] = [
  { state: 'running' },
  { state: '' },
  ...['paused', 'restarting', 'created', 'exited', 'dead', 'removing'].map((state) => ({
    state,
    why: 'running not-running',
  })),
  { state: 'running', health: 'healthy' },
  { state: 'running', health: 'none' },
  { state: 'running', health: '' },
  { state: 'running', health: 'starting', why: 'health unhealthy' },
  { state: 'running', health: 'unhealthy', why: 'health unhealthy' },
  // What is not running is not running, whatever its last check said.
  { state: 'exited', health: 'unhealthy', why: 'running not-running' },
];

for (const { why, ...sketch } of CASES) {
  const { state = '', health } = sketch;
  const what = `a container that is "${state}"${health === undefined ? '' : `, health "${health}",`}`;
  test(`${what} ${why === undefined ? 'is ready' : 'is not ready'}`, () => {
    const readiness = readinessOf(container(sketch));
    if (readiness.isReady) {
      assert.equal(why, undefined);
      return;
    }
    const { lacks, finding } = readiness;
    assert.equal(`${lacks} ${finding.code}`, why);
    assert.equal(finding.severity, 'info');
    assert.equal(finding.value, lacks === 'running' ? state : health);
  });
}
