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
import type { Registered, Sessions } from './sessions.js';
import type { Unrouted } from './unrouted.js';

/** A session as log, counters, API and shutdown see it. */
export interface OpenSession extends Registered {
  readonly id: number;
  readonly entryPoint: string;
  /** `::ffff:` stripped (D47); what a proxy in front of us says, if it may (D31). */
  readonly client: Endpoint;
  /** On the clock of the timers. */
  readonly startedAt: number;
  readonly phase: Phase;
  /** Of the hello; undefined without TLS. */
  readonly serverName: string | undefined;
  /** Qualified names, as soon as they are known. */
  readonly router: string | undefined;
  readonly service: string | undefined;
  readonly server: Server | undefined;
  /** More about the reason of the end: OpenSSL's code. */
  readonly detail: string | undefined;
  /** When the route was chosen and the client's handshake done, on the clock of `startedAt`. */
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

  /** No more is accepted (CFG-29): a session goes on, an idle connection of the built-in server does not. */
  drain(): void;
  /** Ends the session now, with resets. */
  cut(reason: EndReason): void;
}

/** Who is told what becomes of sessions. */
export interface SessionEvents {
  /** Once per session, when it is over. */
  ended(session: OpenSession, reason: EndReason): void;
  /** A server was reached, but not the first that was tried. */
  detoured(session: OpenSession): void;
  /** What became of a connection made a server go out, or come back. */
  healthChanged(service: string, server: Server, why: string): void;
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
