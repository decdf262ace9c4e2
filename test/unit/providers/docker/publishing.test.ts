import assert from 'node:assert/strict';
import test from 'node:test';
import { publishingOf, unpublished } from '../../../../providers/docker/publishing.js';
import { container } from '../../../support/docker.js';

const LISTENING = [
  { entryPoint: 'pg', port: 5432 },
  { entryPoint: 'web', port: 443 },
];

const CASES: readonly (readonly [
  published: Readonly<Record<string, readonly string[]>>,
  missing: readonly string[],
])[] = [
  // Whoever publishes nothing is reached by networks, or by a proxy of his own.
  [{}, []],
  [{ '5432/tcp': ['0.0.0.0:5432', '[::]:5432'], '443/tcp': ['127.0.0.1:8443'] }, []],
  // Which port of the machine it is does not matter, and a port of UDP is none.
  [{ '5432/tcp': ['0.0.0.0:15432'], '443/udp': ['0.0.0.0:443'] }, ['web']],
  [{ '80/tcp': ['0.0.0.0:80'] }, ['pg', 'web']],
];

for (const [published, missing] of CASES) {
  test(`publishing ${Object.keys(published).join(', ') || 'nothing'} leaves out ${missing.join(', ') || 'nothing'}`, () => {
    const publishing = publishingOf(container({ name: 'sluice', ports: ['9/tcp'], published }));
    const found = unpublished(publishing, LISTENING, 'docker');
    assert.deepEqual(
      found.map(({ object }) => object?.name),
      missing,
    );
    assert.ok(found.every(({ severity }) => severity === 'info'));
  });
}
