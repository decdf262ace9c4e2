import type { Socket } from 'node:net';
import { Dial, type DialOwner, type Target } from '../../net/dial.js';
import { dialFailureOf, saysNothing } from '../../net/dial-failure.js';
import { closeWithFin } from '../../net/linger.js';
import type { Resolver } from '../../net/resolve.js';
import type { OpeningSteps } from '../../net/server-opening.js';
import type { ServerTls } from '../../net/server-tls.js';
import type { TimerHandle, Timers } from '../../net/timers.js';
import { writeProxyHeader } from '../../net/write-proxy-header.js';
import type { CheckedService } from '../../routing/checked-service.js';
import type { Member } from '../../routing/service.js';
import { bad, GOOD, judge, UNDECIDED, wordsOf, type Verdict } from './answer.js';

export interface CheckOptions {
  readonly timers: Timers;
  readonly resolver: Resolver;
  readonly descriptors: { count(change: number): void };
}

/** Nobody's connection: the header says that it is ours (LOCAL, UNKNOWN). */
const OURSELVES = { host: '', port: 0 };

/** One check of one server: dialled as for a client, asked, judged, closed. All within its timeout. */
export class Check implements DialOwner<Target> {
  readonly #service: CheckedService;
  readonly #member: Member;
  readonly #options: CheckOptions;
  readonly #done: (verdict: Verdict) => void;
  readonly #dial: Dial<Target>;
  #hasTarget = true;
  #deadline: TimerHandle | undefined;
  #stream: Socket | undefined;
  #answer = Buffer.alloc(0);

  /** `done` is called once, unless the check is cancelled. */
  constructor(
    service: CheckedService,
    member: Member,
    options: CheckOptions,
    done: (verdict: Verdict) => void,
  ) {
    this.#service = service;
    this.#member = member;
    this.#options = options;
    this.#done = done;
    this.#dial = new Dial(this, { dialTimeout: service.check.timeout }, options);
  }

  start(): void {
    const { timers, descriptors } = this.#options;
    this.#deadline = timers.start(this.#service.check.timeout, expire, this);
    descriptors.count(1);
    this.#dial.start();
  }

  cancel(): void {
    this.#dial.cancel();
    this.#close((stream) => stream.destroy());
  }

  // What follows is called by the dial.

  nextTarget(): Target | undefined {
    if (!this.#hasTarget) return undefined;
    this.#hasTarget = false;
    const { host, port, dialKeepAlive } = this.#member;
    return { host, port: this.#service.check.port ?? port, dialKeepAlive };
  }

  isRemoved(): boolean {
    return this.#member.server.isRemoved;
  }

  openingFor(): OpeningSteps | undefined {
    const { check } = this.#service;
    const { proxyProtocol } = this.#member.transport;
    const tls = this.#tls();
    // Another port than the service's may be of another kind.
    const version = check.port === undefined ? proxyProtocol : undefined;
    const header = version && writeProxyHeader(version, OURSELVES, OURSELVES);
    return header || tls ? { header, isPostgres: false, tls } : undefined;
  }

  #tls(): ServerTls | undefined {
    const { check, tls } = this.#service;
    const { question } = check;
    if (question.kind === 'tcp' || question.scheme === undefined) return this.#member.tls;
    if (question.scheme === 'https') return this.#member.tls ?? tls ?? NO_TLS;
    return this.#member.isOnConnect && check.port === undefined ? this.#member.tls : undefined;
  }

  dialFailed(reason: 'failed' | 'timeout'): void {
    const last = this.#dial.failures.at(-1);
    if (last && saysNothing(last.reason)) this.#finish(UNDECIDED);
    else
      this.#finish(bad(reason === 'timeout' ? 'timeout' : (last?.reason ?? 'other'), last?.detail));
  }

  dialled(stream: Socket): void {
    const { question } = this.#service.check;
    this.#stream = stream;
    stream.on('error', this.#failed);
    stream.on('data', this.#read);
    stream.on('end', this.#ended);
    stream.on('close', this.#ended);
    const words = wordsOf(question, this.#member.host, this.#member.port);
    if (words.length > 0) stream.write(words);
    this.#judge(false);
  }

  // What follows is called by the stream and the timer.

  readonly #read = (bytes: Buffer): void => {
    this.#answer = Buffer.concat([this.#answer, bytes]);
    this.#judge(false);
  };

  readonly #ended = (): void => this.#judge(true);

  readonly #failed = (error: NodeJS.ErrnoException): void => {
    this.#finish(bad(dialFailureOf(error), error.code));
  };

  /** The dial has a deadline of its own, of the same length. */
  expire(): void {
    if (this.#stream) this.#finish(bad('timeout'));
  }

  #judge(hasEnded: boolean): void {
    const verdict = judge(this.#service.check.question, this.#answer, hasEnded);
    if (verdict) this.#finish(verdict);
  }

  #finish(verdict: Verdict): void {
    const { timers } = this.#options;
    this.#close((stream) => {
      if (verdict === GOOD) closeWithFin(stream, timers);
      else stream.destroy();
    });
    this.#done(verdict);
  }

  #close(how: (stream: Socket) => void): void {
    const { timers, descriptors } = this.#options;
    if (this.#deadline) timers.cancel(this.#deadline);
    this.#deadline = undefined;
    const stream = this.#stream;
    if (stream === undefined) {
      descriptors.count(-1);
      return;
    }
    this.#stream = undefined;
    stream.off('data', this.#read);
    stream.off('end', this.#ended);
    stream.off('close', this.#ended);
    stream.off('error', this.#failed);
    if (stream.closed) descriptors.count(-1);
    else stream.once('close', () => descriptors.count(-1));
    stream.on('error', ignore);
    how(stream);
  }
}

const expire = (check: Check) => check.expire();

/** Never in clear instead. What is wrong with the default transport has been said. */
const NO_TLS: ServerTls = {
  handshakeWith: () => ({ reason: 'tls-failed', detail: 'tcpServersTransport.tls is broken' }),
};

function ignore(): void {
  // The verdict is known.
}
