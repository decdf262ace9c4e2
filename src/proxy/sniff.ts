import { readClientHello, type ClientHello } from '../net/client-hello.js';
import {
  match,
  type ConnectionFacts,
  type EntryPointRoutes,
  type Route,
} from '../routing/table.js';
import { httpOrPlain, tlsOrPlain } from './first-bytes.js';

/** What a client without a route has sent. */
export interface Seen {
  readonly bytes: Buffer;
  /** No more bytes will be looked at: the client has sent its FIN, or too much. */
  readonly hasAll: boolean;
  /** It has sent its FIN. */
  readonly hasEnded: boolean;
  /** It was told that TLS is spoken here (Postgres), and may speak nothing else. */
  readonly isStartTls: boolean;
}

export interface Known extends Seen {
  readonly remoteAddress: string;
  /** The entry point has a built-in HTTP server (D26). */
  readonly hasBuiltIn: boolean;
}

/** A TLS client, and the router that takes it. */
export interface TlsChoice {
  readonly hello: ClientHello;
  readonly route: Route | undefined;
}

/**
 * What to do with a client. `more`: not to be told yet. `postgres`: it asks for TLS, and is to be
 * told yes. `none`: nothing takes it.
 */
export type Choice = Route | TlsChoice | 'more' | 'postgres' | 'http' | 'none';

const NO_ALPN: readonly string[] = [];

/**
 * The tables of an entry point in the order of data-plane 1.7. Without TLS routers a plain router is
 * found before any byte is read, so that protocols where the server speaks first work; beside TLS
 * routers the first bytes say which table is asked, and neither falls through to the other.
 */
export function choose(routes: EntryPointRoutes, known: Known): Choice {
  const { remoteAddress, bytes, hasAll, hasEnded, isStartTls, hasBuiltIn } = known;
  if (routes.tls.length > 0) {
    const choice = chooseByHello(routes, known);
    if (choice !== 'plain') return choice;
  }
  if (isStartTls) return 'none';
  const facts: ConnectionFacts = { remoteAddress, serverName: undefined, alpn: NO_ALPN };
  const route = match(routes.plain, facts);
  if (route) return route;
  // After its FIN a client cannot be handed over any more.
  const kind = hasBuiltIn && !hasEnded ? httpOrPlain(bytes) : 'plain';
  if (kind === 'more' && hasAll) return 'none';
  return kind === 'plain' ? 'none' : kind;
}

function chooseByHello(
  { matchTls }: EntryPointRoutes,
  known: Known,
): TlsChoice | 'more' | 'postgres' | 'plain' {
  const { remoteAddress, bytes, hasAll, isStartTls } = known;
  const kind = tlsOrPlain(bytes);
  if (kind === 'postgres') return isStartTls ? 'plain' : kind;
  if (kind === 'more') return hasAll ? 'plain' : kind;
  if (kind === 'plain') return kind;
  const hello = readClientHello(bytes);
  // What cannot become a hello is some other protocol (DP-36).
  if (hello === 'bad' || (hello === 'more' && hasAll)) return 'plain';
  if (hello === 'more') return hello;
  return { hello, route: matchTls({ remoteAddress, ...hello }) };
}
