import type { Server as HttpServer } from 'node:http';
import type { Endpoint } from '../net/address.js';
import type { Budget } from '../net/budget.js';
import type { ClientHandshakes } from '../net/client-handshake.js';
import type { FailedAttempt } from '../net/dial.js';
import type { Resolver } from '../net/resolve.js';
import type { Timers } from '../net/timers.js';
import type { Member, Server } from '../routing/service.js';
import type { EndReason, Phase } from '../telemetry/end-reasons.js';
import type { Descriptors } from './descriptors.js';
import type { ServerTrouble } from './server-advice.js';
import type { Registered, Sessions } from './sessions.js';
import type { Unrouted } from './unrouted.js';

/** A session as log, counters, API and shutdown see it. */
export interface OpenSession extends Registered {
  readonly id: number;
  readonly entryPoint: string;
  /** `::ffff:` stripped (D47); what a proxy in front of us says, if it may (D31). */
  readonly client: Endpoint;
  /** Who is connected to us, where a PROXY header named somebody else as the client. */
  readonly via: Endpoint | undefined;
  /** On the clock of the timers. */
  readonly startedAt: number;
  readonly phase: Phase;
  /** Of the hello; undefined without TLS. */
  readonly serverName: string | undefined;
  /** What was agreed on where TLS ends here, else what the hello offers, as far as there is room. */
  readonly alpn: string | undefined;
  /** `TLSv1.3`, where TLS ends here. */
  readonly tlsVersion: string | undefined;
  /** Qualified names, as soon as they are known. */
  readonly router: string | undefined;
  readonly service: string | undefined;
  readonly server: Server | undefined;
  /** More about the reason of the end: OpenSSL's code, a middleware, what a client without a route began with. */
  readonly detail: string | undefined;
  /** Where TLS ends here: from the chosen route on, on the clock of `startedAt`. */
  readonly handshakeStart: number | undefined;
  readonly handshakeEnd: number | undefined;
  /** When the route was chosen and the client's handshake done, on the same clock. */
  readonly dialStart: number | undefined;
  readonly dialEnd: number | undefined;
  /** Servers that were dialled. */
  readonly attempts: number;
  /** What did not lead to a connection. */
  readonly failures: readonly FailedAttempt<Member>[];
  /** Bytes read from the client. */
  readonly sent: number;
  /** Bytes read from the server. */
  readonly received: number;
  /** Whose FIN came first; undefined without any. */
  readonly endedFirst: 'client' | 'server' | undefined;

  /** No more is accepted (CFG-29): a session goes on, an idle connection of the built-in server does not. */
  drain(): void;
  /** Ends the session now, with resets. */
  cut(reason: EndReason): void;
}

/** What is odd about the PROXY header of a connection that goes on without it. */
export type HeaderTrouble = 'untrusted-proxy-header' | 'missing-proxy-header';

/** Who is told what becomes of sessions. */
export interface SessionEvents {
  /** Once per session, when it is over. */
  ended(session: OpenSession, reason: EndReason): void;
  /** A server was reached, which need not be the first that was tried. */
  reached(session: OpenSession): void;
  /** What became of a connection made a server go out, or come back. */
  healthChanged(service: string, server: Server, why: ServerTrouble | ''): void;
  introducedBadly(session: OpenSession, reason: HeaderTrouble): void;
  /** A bug: it ends this session and no other. */
  crashed(session: OpenSession, error: unknown): void;
}

/** What all sessions of the process share. */
export interface SessionContext {
  readonly timers: Timers;
  readonly budget: Budget;
  readonly resolver: Resolver;
  readonly handshakes: ClientHandshakes;
  readonly sessions: Sessions<OpenSession>;
  readonly descriptors: Descriptors;
  readonly events: SessionEvents;
}

/** What the sessions of one entry point share. Milliseconds. */
export interface Gate {
  readonly name: string;
  /** From accept to the chosen route. 0: no limit. */
  readonly readTimeout: number;
  /** Silence after which a plain router is used beside TLS routers (D18). 0: never. */
  readonly sniffTimeout: number;
  readonly unrouted: Unrouted;
  /** With PROXY protocol: who may say whose connection it is. A header is read, and taken off, from everybody. */
  readonly believes: ((address: string) => boolean) | undefined;
  /** Takes what no router takes and begins like HTTP (D26). */
  readonly builtIn: HttpServer | undefined;
}
