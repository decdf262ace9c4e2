import {
  connect as connectHttp2,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from 'node:http2';
import { connect, type Socket } from 'node:net';
import type { Deadline, Deadlines } from '../async/deadlines.js';
import { formatAddress } from '../net/address.js';
import { EMPTY_MESSAGE, GrpcFrames } from './grpc-frames.js';
import { connectionError, statusError, WorkloadApiError } from './workload-api-error.js';

/** Where the agent listens (data-plane facts 6.2). */
export type WorkloadApiAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** In ms. */
export interface WorkloadApiTimes {
  /** From the dial to the first message. */
  readonly answer: number;
  readonly pingEvery: number;
  readonly pingAnswer: number;
}

/**
 * A gRPC server takes pings that come more often than every five minutes for an attack, and closes
 * the connection (grpc-go, keepalive.EnforcementPolicy).
 */
export const WORKLOAD_API_TIMES: WorkloadApiTimes = {
  answer: 30_000,
  pingEvery: 310_000,
  pingAnswer: 20_000,
};

export interface WorkloadApiOptions {
  readonly deadlines: Deadlines;
  readonly times: WorkloadApiTimes;
  readonly signal: AbortSignal;
}

const METHOD_PATH = '/SpiffeWorkloadAPI/FetchX509SVID';
/** gRPC's own default. */
const LONGEST_MESSAGE = 4 * 1024 * 1024;
/** The host that is silent for longer is gone; Node then probes every second, ten times. */
const KEEP_ALIVE_MS = 15_000;

/**
 * The messages of one call of FetchX509SVID, each the complete current state: one at once, another
 * at each rotation. Ends only on abort; a stream that ends otherwise throws `WorkloadApiError`.
 */
export async function* x509SvidMessages(
  address: WorkloadApiAddress,
  options: WorkloadApiOptions,
): AsyncGenerator<Buffer> {
  if (options.signal.aborted) return;
  const call = new Call(address, options);
  try {
    const frames = new GrpcFrames(LONGEST_MESSAGE);
    for await (const chunk of call.stream as AsyncIterable<Buffer>) {
      const messages = frames.push(chunk);
      if (typeof messages === 'string') throw new WorkloadApiError('bad-answer', messages);
      for (const message of messages) {
        call.answered();
        yield message;
      }
    }
    throw call.ended(frames.isWithin);
  } catch (error) {
    if (options.signal.aborted) return;
    throw call.failure ?? connectionError(error);
  } finally {
    call.close();
  }
}

/** One connection with one stream on it, and what watches over them. */
class Call {
  readonly stream: ClientHttp2Stream;
  /** The first thing that went wrong; what follows from it says less. */
  failure: WorkloadApiError | undefined;
  readonly #session: ClientHttp2Session;
  readonly #options: WorkloadApiOptions;
  #deadline: Deadline;
  #trailers: IncomingHttpHeaders = {};

  constructor(address: WorkloadApiAddress, options: WorkloadApiOptions) {
    this.#options = options;
    const authority = authorityOf(address);
    const session = connectHttp2(`http://${authority}`, {
      createConnection: () => dialled(address),
      settings: { enablePush: false },
    });
    session.on('error', (error) => this.#fail(connectionError(error)));
    this.#session = session;
    const stream = session.request({
      [constants.HTTP2_HEADER_METHOD]: 'POST',
      [constants.HTTP2_HEADER_PATH]: METHOD_PATH,
      [constants.HTTP2_HEADER_AUTHORITY]: authority,
      [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
      [constants.HTTP2_HEADER_TE]: 'trailers',
      // Without it the agent refuses: no browser can be tricked into sending it.
      'workload.spiffe.io': 'true',
    });
    stream.on('error', (error) => this.#fail(connectionError(error)));
    stream.on('response', (headers) => this.#response(headers));
    stream.on('trailers', (trailers: IncomingHttpHeaders) => {
      this.#trailers = trailers;
    });
    stream.end(EMPTY_MESSAGE);
    this.stream = stream;
    this.#deadline = this.#within(options.times.answer, 'no answer');
    options.signal.addEventListener('abort', this.close);
  }

  /** A message has come: from now on pings tell whether the agent lives. */
  answered(): void {
    this.#options.deadlines.cancel(this.#deadline);
    this.#deadline = this.#options.deadlines.start(
      this.#options.times.pingEvery,
      this.#ping,
      undefined,
    );
  }

  /** What the end of the stream means. */
  ended(isWithin: boolean): WorkloadApiError {
    if (isWithin) return new WorkloadApiError('lost', 'the stream ended within a message');
    return statusOf(this.#trailers);
  }

  readonly close = (): void => {
    const { deadlines, signal } = this.#options;
    deadlines.cancel(this.#deadline);
    signal.removeEventListener('abort', this.close);
    this.stream.destroy();
    this.#session.destroy();
  };

  #within(ms: number, what: string): Deadline {
    const late = () => this.#fail(new WorkloadApiError('timeout', `${what} within ${ms} ms`));
    return this.#options.deadlines.start(ms, late, undefined);
  }

  #fail(error: WorkloadApiError): void {
    this.failure ??= error;
    this.stream.destroy(this.failure);
  }

  #response(headers: IncomingHttpHeaders & IncomingHttpStatusHeader): void {
    const status = headers[':status'];
    const type = headers['content-type'] ?? '';
    if (status !== 200 || !type.startsWith('application/grpc')) {
      const text = `HTTP status ${status ?? 'unknown'}, content type ${type.slice(0, 100) || 'unknown'}`;
      this.#fail(new WorkloadApiError('bad-answer', text));
    } else if (headers['grpc-status'] !== undefined) {
      // A call that fails at once has its trailers in the place of headers.
      this.#trailers = headers;
    }
  }

  readonly #ping = (): void => {
    // Then the stream says why.
    if (this.#session.destroyed) return;
    const { deadlines, times } = this.#options;
    this.#deadline = this.#within(times.pingAnswer, 'a ping was not answered');
    this.#session.ping((error) => {
      if (error || this.failure || this.stream.destroyed) return;
      deadlines.cancel(this.#deadline);
      this.#deadline = deadlines.start(times.pingEvery, this.#ping, undefined);
    });
  };
}

function statusOf(headers: IncomingHttpHeaders): WorkloadApiError {
  const text = (name: string) => {
    const value = headers[name];
    return typeof value === 'string' ? value : undefined;
  };
  return statusError(text('grpc-status'), text('grpc-message'));
}

function authorityOf(address: WorkloadApiAddress): string {
  return address.kind === 'unix' ? 'localhost' : formatAddress(address.host, address.port);
}

/** As it is configured. */
export function urlOf(address: WorkloadApiAddress): string {
  return address.kind === 'unix' ? `unix://${address.path}` : `tcp://${authorityOf(address)}`;
}

function dialled(address: WorkloadApiAddress): Socket {
  return address.kind === 'unix'
    ? connect({ path: address.path })
    : connect({
        host: address.host,
        port: address.port,
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: KEEP_ALIVE_MS,
      });
}
