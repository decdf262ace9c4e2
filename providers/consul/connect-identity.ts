import { Pulse } from '../../src/async/pulse.js';
import type { ConnectMaterial } from '../../src/config/connect.js';
import type { ConsulCatalogConfig } from '../../src/config/static.js';
import { answers, type Question } from './answers.js';
import { connectConsul, type ConsulApi } from './client.js';
import type { Roots } from './schemas.js';

/** Two answers that follow on each other at once do no harm more often. */
const PAUSE_MS = 50;

/** `identityFrom` the agent of a provider; what is opened is closed at its end. */
export async function* connectIdentity(
  config: ConsulCatalogConfig,
  namespace: string,
  signal: AbortSignal,
): AsyncGenerator<ConnectMaterial> {
  const api = await connectConsul(config, namespace);
  try {
    yield* identityFrom(api, config.serviceName, signal);
  } finally {
    api.close();
  }
}

/**
 * Our leaf for `service` and the roots to believe, now and after each rotation (CNS-16). Nothing is
 * said before both are there. Ends only on abort, and throws when the agent refuses or is lost.
 */
async function* identityFrom(
  api: Pick<ConsulApi, 'roots' | 'leaf'>,
  service: string,
  signal: AbortSignal,
): AsyncGenerator<ConnectMaterial> {
  const changed = new Pulse();
  const life = new AbortController();
  const end = () => {
    life.abort();
    changed.end();
  };
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  let known: Roots | undefined;
  let leaf: ConnectMaterial['leaf'] | undefined;
  const follow = async <T>(question: Question<T>, found: (value: T) => void) => {
    try {
      for await (const value of answers(question, life.signal)) {
        found(value);
        changed.set();
      }
    } catch (error) {
      changed.end(error instanceof Error ? error : new Error(String(error)));
    }
  };
  void follow(
    {
      ...STANDING,
      ask: (index, until) => api.roots(index, until),
      // An authority that has just begun has none yet.
      isEmpty: ({ roots }) => roots.length === 0,
    },
    (roots) => (known = roots),
  );
  void follow(
    { ...STANDING, ask: (index, until) => api.leaf(service, index, until), isEmpty: () => false },
    (found) => (leaf = found),
  );
  try {
    for await (const _ of changed) {
      if (signal.aborted) return;
      if (known && leaf) yield { ...known, leaf };
    }
  } finally {
    signal.removeEventListener('abort', end);
    life.abort();
  }
}

const STANDING = {
  believes: ({ isEmpty }: { readonly isEmpty: boolean }) => !isEmpty,
  pause: PAUSE_MS,
  isBlocking: true,
};
