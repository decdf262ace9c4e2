import type { PooledServer } from './pooled-server.js';
import type { Member, NoServer, Service } from './service.js';
import { STRATEGIES, type Candidate, type Strategy, type StrategyName } from './strategies.js';

/** A server of a service, with what decides about its being chosen. With weight 0 it is not. */
export interface BalancedMember extends Member, Candidate {
  readonly server: PooledServer;
  /** Chosen only where no other server is up. */
  readonly isBackup: boolean;
  /** 0: no limit. */
  readonly maxConnections: number;
  /** Its owner is about to end: chosen only where no other server is up. */
  readonly isLeaving: boolean;
}

export interface BalancerSettings {
  readonly strategy: StrategyName;
  /** What happens while checks find every server down. */
  readonly onAllDown: 'refuse' | 'any';
}

/** A backup is behind all others of its kind. */
const BACKUP = 1;
/** Not checked yet: chosen only while no server is known to be up (D19). */
const UNKNOWN = 2;
/** About to end (D30). */
const LEAVING = 4;
/** Connections to it failed; it stays in reach, because it may be the last one (D36). */
const OUT = 6;
const DOWN = 8;
const NEVER = Infinity;

/**
 * Chooses among the servers of one service: those of the lowest rank that there is now are the
 * strategy's candidates. Which servers there are never changes; what they have done so far belongs to
 * them, so that a change of one server is not felt by the others.
 */
export class Balancer implements Service {
  readonly name: string;
  readonly #members: readonly BalancedMember[];
  readonly #choose: Strategy;
  readonly #ofDown: number;
  /** Used again for each choice. */
  readonly #candidates: BalancedMember[] = [];

  constructor(
    name: string,
    { strategy, onAllDown }: BalancerSettings,
    members: readonly BalancedMember[],
  ) {
    this.name = name;
    this.#choose = STRATEGIES[strategy];
    this.#ofDown = onAllDown === 'any' ? DOWN : NEVER;
    this.#members = members;
  }

  pick(tried: readonly Member[], client: string, now: number): Member | undefined {
    const candidates = this.#candidates;
    let lowest = NEVER;
    for (const member of this.#members) {
      const rank = this.#rankOf(member, tried, now);
      if (rank > lowest || rank === NEVER) continue;
      if (rank < lowest) candidates.length = 0;
      lowest = rank;
      candidates.push(member);
    }
    const chosen = this.#choose(candidates, client);
    candidates.length = 0;
    return chosen;
  }

  rank(tried: readonly Member[], now: number): number {
    let lowest = NEVER;
    for (const member of this.#members) {
      const rank = this.#rankOf(member, tried, now);
      if (rank < LEAVING) return 0;
      if (rank < lowest) lowest = rank;
    }
    return lowest;
  }

  whyNone(): NoServer {
    const some = this.#members.filter(({ weight, server }) => weight > 0 && !server.isRemoved);
    if (some.length === 0) return 'none';
    return some.every((member) => this.#standing(member) === NEVER) ? 'down' : 'full';
  }

  #rankOf(member: BalancedMember, tried: readonly Member[], now: number): number {
    const { server, weight, maxConnections, isBackup, isLeaving } = member;
    const isFull = maxConnections > 0 && server.open >= maxConnections;
    if (weight === 0 || server.isRemoved || isFull || tried.includes(member)) return NEVER;
    let standing = this.#standing(member);
    if (isLeaving) standing = Math.max(standing, LEAVING);
    if (server.health.isOut(now)) standing = Math.max(standing, OUT);
    return isBackup ? standing + BACKUP : standing;
  }

  /** As checks see it. */
  #standing({ server }: BalancedMember): number {
    const { status } = server.health;
    if (status === 'down') return this.#ofDown;
    return status === 'unknown' ? UNKNOWN : 0;
  }
}
