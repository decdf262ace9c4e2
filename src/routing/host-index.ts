import type { Steps } from '../async/slices.js';
import { NameMap } from '../config/name-map.js';
import { NONE, tight } from '../config/tight.js';
import { byRank, insertedByRank, type RankedRoute } from './rank.js';
import { match, type ConnectionFacts } from './table.js';

/** What changes in one list. */
interface Edit {
  readonly gone: Set<RankedRoute>;
  readonly added: RankedRoute[];
}

/**
 * The TLS routes of one entry point by the hosts that they ask for, so that a connection costs what its
 * own host has, and not what there is. Never changes; a changed copy costs what changed.
 */
export class HostIndex {
  static readonly EMPTY = new HostIndex(NameMap.of(), []);
  /** Strongest first. A wildcard stands as it is written: `*.example.com`. */
  readonly #byHost: NameMap<readonly RankedRoute[]>;
  /** Those that may match whatever the host is. */
  readonly #others: readonly RankedRoute[];

  private constructor(byHost: NameMap<readonly RankedRoute[]>, others: readonly RankedRoute[]) {
    this.#byHost = byHost;
    this.#others = others;
  }

  *with(gone: ReadonlySet<RankedRoute>, added: readonly RankedRoute[]): Steps<HostIndex> {
    const hosts = new Map<string, Edit>();
    const others: Edit = { gone: new Set(), added: [] };
    const editsOf = ({ onlyHosts }: RankedRoute): Edit[] => {
      if (onlyHosts === undefined) return [others];
      return Array.from(new Set(onlyHosts), (host) => {
        const edit = hosts.get(host) ?? { gone: new Set(), added: [] };
        hosts.set(host, edit);
        return edit;
      });
    };
    for (const route of gone) {
      yield;
      for (const edit of editsOf(route)) edit.gone.add(route);
    }
    for (const route of added) {
      yield;
      for (const edit of editsOf(route)) edit.added.push(route);
    }
    const changed = new Map<string, readonly RankedRoute[] | undefined>();
    for (const [host, edit] of hosts) {
      yield;
      const before = this.#byHost.get(host) ?? NONE;
      const now = insertedByRank(before, edit.gone, edit.added);
      // Most have one route, and there may be thousands of hosts.
      changed.set(host, now.length === 0 ? undefined : now === before ? now : tight(now));
    }
    return new HostIndex(
      yield* this.#byHost.changing(changed),
      insertedByRank(this.#others, others.gone, others.added),
    );
  }

  /** The strongest route that matches; the same as if all were asked in order. */
  match(facts: ConnectionFacts): RankedRoute | undefined {
    const { serverName } = facts;
    let best: RankedRoute | undefined;
    if (serverName !== undefined) {
      best = match(this.#byHost.get(serverName) ?? NONE, facts);
      const dot = serverName.indexOf('.');
      if (dot > 0) {
        const wildcard = match(this.#byHost.get(`*${serverName.slice(dot)}`) ?? NONE, facts);
        if (wildcard && (!best || byRank(wildcard, best) < 0)) best = wildcard;
      }
    }
    for (const route of this.#others) {
      if (best && byRank(best, route) < 0) return best;
      if (route.matches(facts)) return route;
    }
    return best;
  }
}
