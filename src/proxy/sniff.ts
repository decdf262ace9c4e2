import {
  match,
  type ConnectionFacts,
  type EntryPointRoutes,
  type Route,
} from '../routing/table.js';
import { httpOrPlain, tlsOrPlain } from './first-bytes.js';

/** What is known of a client that has no route yet. */
export interface Known {
  readonly facts: ConnectionFacts;
  /** What it sent so far. */
  readonly bytes: Buffer;
  /** It sent its FIN: there will be no more bytes. */
  readonly isAll: boolean;
  /** The entry point has a built-in HTTP server (D26). */
  readonly hasBuiltIn: boolean;
}

/**
 * What to do with a client. `more`: not to be told yet. `tls`, `postgres`: the TLS routers are asked,
 * by the server name of its hello. `none`: nothing takes it.
 */
export type Choice = Route | 'more' | 'tls' | 'postgres' | 'http' | 'none';

/**
 * The tables of an entry point in the order of data-plane 1.7. Without TLS routers a plain router is
 * found before any byte is read, so that protocols where the server speaks first work; beside TLS
 * routers the first bytes say which table is asked, and neither falls through to the other.
 */
export function choose(routes: EntryPointRoutes, known: Known): Choice {
  const { facts, bytes, isAll, hasBuiltIn } = known;
  if (routes.tls.length > 0) {
    const kind = tlsOrPlain(bytes);
    if (kind === 'tls' || kind === 'postgres') return kind;
    if (kind === 'more' && !isAll) return 'more';
  }
  const route = match(routes.plain, facts);
  if (route) return route;
  // After its FIN a client cannot be handed over any more.
  const kind = hasBuiltIn && !isAll ? httpOrPlain(bytes) : 'plain';
  return kind === 'plain' ? 'none' : kind;
}
