import { hashOf, spread } from './hash.js';
import type { PooledServer } from './pooled-server.js';
import { nextTurn, type TakesTurns } from './turns.js';

/** As much of a server and its settings as a strategy looks at. */
export interface Candidate extends TakesTurns {
  readonly server: Pick<PooledServer, 'open' | 'hash'>;
}

/**
 * Chooses one of several for a client, by its address. The list is the strategy's to change: it is made
 * for this choice alone.
 */
export type Strategy = <T extends Candidate>(candidates: T[], client: string) => T | undefined;

export type StrategyName = 'wrr' | 'leastconn' | 'hrw';

const byTurn: Strategy = (candidates) => nextTurn(candidates);

/** Fewest connections for its weight, the new one included; where several are equal, by turn. */
const fewestConnections: Strategy = (candidates) => {
  let fewest = 0;
  for (const candidate of candidates) {
    const difference = compareLoads(candidate, candidates[0] ?? candidate);
    if (difference > 0) continue;
    if (difference < 0) fewest = 0;
    candidates[fewest] = candidate;
    fewest += 1;
  }
  candidates.length = fewest;
  return nextTurn(candidates);
};

/** Fractions, without dividing. */
const compareLoads = (a: Candidate, b: Candidate) =>
  (a.server.open + 1) * b.weight - (b.server.open + 1) * a.weight;

/**
 * Rendezvous hashing (highest random weight): a client keeps its server whatever becomes of the others,
 * and the clients of a server that goes are spread over those that stay. A score is an exponential
 * variate divided by the weight, so that shares are as the weights are.
 */
const byAddress: Strategy = (candidates, client) => {
  const hash = hashOf(client);
  let best: (typeof candidates)[number] | undefined;
  let lowest = Infinity;
  for (const candidate of candidates) {
    const uniform = (spread(hash ^ candidate.server.hash) + 0.5) / 2 ** 32;
    const score = -Math.log(uniform) / candidate.weight;
    if (score >= lowest) continue;
    lowest = score;
    best = candidate;
  }
  return best;
};

export const STRATEGIES: Readonly<Record<StrategyName, Strategy>> = {
  wrr: byTurn,
  leastconn: fewestConnections,
  hrw: byAddress,
};
