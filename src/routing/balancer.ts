import type { PooledServer } from './pooled-server.js';
import type { Member, NoServer, Service } from './service.js';
import { STRATEGIES, type Candidate, type Strategy, type StrategyName } from './strategies.js';

/** A server of a service, with what decides about its being chosen. */
export interface BalancedMember extends Member, Candidate {
  readonly server: PooledServer;
  /** Chosen only where no other server is up. */
  readonly isBackup: boolean;
  /** 0: no limit. */
  readonly maxConnections: number;
}

/** The servers that may be chosen now are those of the lowest rank that there is. */
const BACKUP = 1;
const NEVER = Infinity;

/**
 * Chooses among the servers of one service. Which servers there are never changes; what they have done
 * so far belongs to them, so that a change of one server is not felt by the others.
 */
export class Balancer implements Service {
  readonly name: string;
  readonly #members: readonly BalancedMember[];
  readonly #choose: Strategy;
  /** Used again for each choice. */
  readonly #candidates: BalancedMember[] = [];

  /** Members have a weight above 0. */
  constructor(name: string, strategy: StrategyName, members: readonly BalancedMember[]) {
    this.name = name;
    this.#choose = STRATEGIES[strategy];
    this.#members = members;
  }

  pick(tried: readonly Member[], client: string): Member | undefined {
    const candidates = this.#candidates;
    let lowest = NEVER;
    for (const member of this.#members) {
      const rank = rankOf(member, tried);
      if (rank > lowest || rank === NEVER) continue;
      if (rank < lowest) candidates.length = 0;
      lowest = rank;
      candidates.push(member);
    }
    const chosen = this.#choose(candidates, client);
    candidates.length = 0;
    return chosen;
  }

  offers(tried: readonly Member[]): boolean {
    return this.#members.some((member) => rankOf(member, tried) !== NEVER);
  }

  whyNone(): NoServer {
    return this.#members.length > 0 ? 'full' : 'none';
  }
}

function rankOf(member: BalancedMember, tried: readonly Member[]): number {
  if (isFull(member) || tried.includes(member)) return NEVER;
  return member.isBackup ? BACKUP : 0;
}

const isFull = ({ server, maxConnections }: BalancedMember) =>
  maxConnections > 0 && server.open >= maxConnections;
