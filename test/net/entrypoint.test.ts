import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'node:test';
import { Deadlines } from '../../src/async/deadlines.js';
import { Budget } from '../../src/net/budget.js';
import { ClientHandshakes } from '../../src/net/client-handshake.js';
import { Resolver } from '../../src/net/resolve.js';
import { Descriptors } from '../../src/proxy/descriptors.js';
import { EntryPoint } from '../../src/proxy/entrypoint.js';
import { Sessions } from '../../src/proxy/sessions.js';
import { RoutingTable } from '../../src/routing/table.js';
import { until } from '../support/eventually.js';
import { entryPoint } from '../support/proxy.js';
import { ignore } from '../support/sockets.js';

// Descriptors that run short twice within one turn open a port that is being opened.
test('pauses that follow each other at once are no reason to say that the port is in use', async (t) => {
  const timers = new Deadlines();
  const failures: string[] = [];
  const point = new EntryPoint(entryPoint('tcp', {}), {
    context: {
      timers,
      budget: new Budget(),
      resolver: new Resolver(timers),
      handshakes: new ClientHandshakes(),
      sessions: new Sessions(),
      descriptors: new Descriptors(1_000, { fewLeft: ignore, enoughLeft: ignore }),
      events: {
        ended: ignore,
        reached: ignore,
        crashed: ignore,
        healthChanged: ignore,
        introducedBadly: ignore,
      },
    },
    routes: (name) => RoutingTable.EMPTY.of(name),
    builtIn: undefined,
    believes: undefined,
    descriptorLimit: 1_000,
    accepted: ignore,
    cannotListen: (_, detail) => failures.push(detail),
  });
  t.after(() => point.pause());
  assert.equal((await point.listen()).ok, true);
  for (let n = 0; n < 3; n += 1) {
    point.pause();
    point.resume();
  }
  await until('it listens', () => {
    const client = connect(point.port, '127.0.0.1');
    t.after(() => client.destroy());
    return once(client, 'connect').then(
      () => true,
      () => false,
    );
  });
  assert.deepEqual(failures, []);
});
