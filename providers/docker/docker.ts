import { lookup } from 'node:dns/promises';
import { withTimeout } from '../../src/async/delay.js';
import { parseConstraint } from '../../src/config/constraints/constraints.js';
import type { Diagnostic } from '../../src/config/diagnostic.js';
import type { Provider } from '../../src/config/provider.js';
import type { DockerConfig } from '../../src/config/static.js';
import type { TellStory } from '../../src/config/story.js';
import type { DockerApi } from './api.js';
import { connectDocker } from './client.js';
import { Containers } from './containers.js';
import { follow } from './follow.js';
import { LABEL_FUNCTIONS } from './label-functions.js';
import type { Surroundings } from './network.js';
import type { Listening } from './publishing.js';
import { ownMarks, type OwnMarks } from './self.js';
import { Session, type SessionTimes } from './session.js';

const TIMES: SessionTimes = {
  fullList: 60_000,
  settle: 1_000,
  confirmEmpty: 1_000,
  retryInspect: 5_000,
  eventDelay: 2_000,
  steady: 5_000,
  stopGrace: 5_000,
};

/** What the provider reaches outside; a test hands in its own. */
export interface DockerOutside {
  readonly connect: (config: DockerConfig, signal: AbortSignal) => Promise<DockerApi>;
  readonly marks: () => OwnMarks;
  readonly resolve: (name: string) => Promise<string>;
  readonly times: SessionTimes;
}

const OUTSIDE: DockerOutside = {
  connect: connectDocker,
  marks: ownMarks,
  resolve: async (name) => (await lookup(name)).address,
  times: TIMES,
};

/** Watches one Docker engine. What is known of its containers survives reconnects. */
export function dockerProvider(
  config: DockerConfig,
  outside: DockerOutside = OUTSIDE,
  tell?: TellStory,
  listening: readonly Listening[] = [],
): Provider {
  const parsed = parseConstraint(config.constraints, LABEL_FUNCTIONS);
  const containers = new Containers({
    provider: config.provider,
    config,
    // Fail closed: a condition that cannot be read is fulfilled by nobody.
    constraint: parsed.ok ? parsed.matches : () => false,
    standing: parsed.ok ? [] : [badConstraint(config, parsed)],
    marks: outside.marks,
    hostAddress: (surroundings) => hostAddress(config, surroundings, outside.resolve),
    tell,
    listening,
  });
  const { connect, times } = outside;
  return {
    name: config.provider,
    ...follow({
      connect: (signal) => connect(config, signal),
      isWatched: config.watch,
      readOnce: async (api: DockerApi, signal) => {
        await containers.list(api, signal);
        return containers.snapshot();
      },
      subscribe: (api, events) => new Session(api, events, containers, times),
      steady: times.steady,
    }),
  };
}

/**
 * DKR-31: what is configured, else the first name that an engine gives to the machine and that can be
 * resolved. Those names mean the machine that Sluice is on, and say nothing of another one.
 */
async function hostAddress(
  config: DockerConfig,
  surroundings: Surroundings,
  resolve: DockerOutside['resolve'],
): Promise<string | undefined> {
  if (config.hostAddress !== '') return config.hostAddress;
  if (surroundings.kind === 'elsewhere') return undefined;
  for (const name of ['host.docker.internal', 'host.containers.internal']) {
    try {
      return await withTimeout(resolve(name), 1_000, new AbortController().signal, name);
    } catch {
      // Most machines know neither name.
    }
  }
  return undefined;
}

/** Said once, of all containers. */
export function badConstraint(
  { provider, section, constraints }: Pick<DockerConfig, 'provider' | 'section' | 'constraints'>,
  { offset, reason }: { readonly offset: number; readonly reason: string },
): Diagnostic {
  const option = `${section}.constraints`;
  return {
    code: 'constraint',
    severity: 'error',
    provider,
    object: { kind: 'option', name: option },
    at: { kind: 'static', option, source: `character ${offset + 1}` },
    message: `the condition cannot be read, so nothing fulfils it: ${reason}`,
    value: constraints,
    fix: 'write Label(`key`, `value`) or LabelRegex(`key`, `pattern`), joined by && and ||, with ! for not',
  };
}
