import { parseConstraint } from '../../../src/config/constraints/constraints.js';
import type { Provider } from '../../../src/config/provider.js';
import type { SwarmConfig } from '../../../src/config/static.js';
import type { TellStory } from '../../../src/config/story.js';
import { badConstraint } from '../docker.js';
import { follow } from '../follow.js';
import { LABEL_FUNCTIONS } from '../label-functions.js';
import { ownMarks, type OwnMarks } from '../self.js';
import type { SwarmApi } from './api.js';
import { connectSwarm } from './client.js';
import { Services } from './services.js';
import { SwarmSession, type SwarmTimes } from './session.js';

const TIMES: SwarmTimes = {
  soon: 250,
  updating: 1_000,
  rest: 100,
  confirmEmpty: 1_000,
  steady: 5_000,
};

/** What the provider reaches outside; a test hands in its own. */
export interface SwarmOutside {
  readonly connect: (config: SwarmConfig, signal: AbortSignal) => Promise<SwarmApi>;
  readonly marks: () => OwnMarks;
  readonly times: SwarmTimes;
}

const OUTSIDE: SwarmOutside = { connect: connectSwarm, marks: ownMarks, times: TIMES };

/** Watches the services of one Swarm through one of its managers. What is known survives reconnects. */
export function swarmProvider(
  config: SwarmConfig,
  { connect, marks, times }: SwarmOutside = OUTSIDE,
  tell?: TellStory,
): Provider {
  const { provider, refreshInterval } = config;
  const parsed = parseConstraint(config.constraints, LABEL_FUNCTIONS);
  const services = new Services({
    provider,
    options: config,
    // Fail closed: a condition that cannot be read is fulfilled by nobody.
    constraint: parsed.ok ? parsed.matches : () => false,
    standing: parsed.ok ? [] : [badConstraint(config, parsed)],
    marks,
    tell,
  });
  return {
    name: provider,
    ...follow({
      connect: (signal) => connect(config, signal),
      isWatched: config.watch,
      readOnce: async (api: SwarmApi, signal) => {
        await services.list(api, signal);
        return services.snapshot();
      },
      subscribe: (api, events) =>
        new SwarmSession(api, events, services, { refreshInterval, times }),
      steady: times.steady,
    }),
  };
}
