import { once } from 'node:events';
import { rmSync } from 'node:fs';
import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { ListenOptions } from 'node:net';
import type { TestContext } from 'node:test';
import type { WorkloadApiAddress } from '../../src/spiffe/workload-api.js';
import { ignore } from './sockets.js';

/** What an agent does with the calls that come. */
export type Conduct =
  /** Sends this at once, and keeps the stream. */
  | { readonly kind: 'serve'; readonly message: Buffer }
  /** Fails the call. */
  | { readonly kind: 'status'; readonly code: number; readonly message?: string }
  /** Never answers. */
  | { readonly kind: 'silent' }
  /** Sends these bytes as they are, and then ends the stream if `ends`. */
  | { readonly kind: 'raw'; readonly chunks: readonly Buffer[]; readonly ends?: boolean }
  /** Is no gRPC. */
  | { readonly kind: 'html' };

/** An agent: the server side of the Workload API. */
export class Agent {
  conduct: Conduct;
  /** Of each call, oldest first. */
  readonly calls: IncomingHttpHeaders[] = [];
  readonly bodies: Buffer[] = [];
  pings = 0;
  readonly #listen: ListenOptions;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #streams = new Set<ServerHttp2Stream>();
  #server: Http2Server | undefined;

  constructor(conduct: Conduct, listen: ListenOptions) {
    this.conduct = conduct;
    this.#listen = listen;
  }

  /** After a `die` on the same address. */
  async start(): Promise<void> {
    const server = createServer();
    server.on('session', (session) => {
      this.#sessions.add(session);
      session.on('error', ignore);
      session.on('ping', () => (this.pings += 1));
      session.on('close', () => this.#sessions.delete(session));
    });
    server.on('stream', (stream, headers) => this.#answer(stream, headers));
    server.listen(this.#listen);
    await once(server, 'listening');
    this.#server = server;
  }

  get address(): WorkloadApiAddress {
    const address = this.#server?.address();
    if (typeof address === 'object' && address) {
      // The same one after a restart.
      this.#listen.port = address.port;
      return { kind: 'tcp', host: address.address, port: address.port };
    }
    return { kind: 'unix', path: this.#listen.path ?? '' };
  }

  /** How many calls are open. */
  get streams(): number {
    return this.#streams.size;
  }

  /** A rotation: one more message on every open stream, and the first one of those to come. */
  serve(message: Buffer): void {
    this.conduct = { kind: 'serve', message };
    for (const stream of this.#streams) stream.write(frame(message));
  }

  /** Ends every open call with a status, and those to come. */
  refuse(code: number, message = ''): void {
    this.conduct = { kind: 'status', code, message };
    for (const stream of this.#streams) end(stream, code, message);
  }

  /** As a crash: connections break, nobody listens. */
  async die(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    for (const session of this.#sessions) session.destroy();
    await closed;
    if (this.#listen.path !== undefined) rmSync(this.#listen.path, { force: true });
  }

  #answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    this.calls.push(headers);
    stream.on('data', (chunk: Buffer) => this.bodies.push(chunk));
    stream.on('error', ignore);
    this.#streams.add(stream);
    stream.on('close', () => this.#streams.delete(stream));
    const { conduct } = this;
    switch (conduct.kind) {
      case 'silent':
        return;
      case 'status':
        stream.respond(
          {
            ...GRPC,
            'grpc-status': String(conduct.code),
            'grpc-message': encodeURIComponent(conduct.message ?? ''),
          },
          { endStream: true },
        );
        return;
      case 'html':
        stream.respond({ ':status': 200, 'content-type': 'text/html' });
        stream.end('<html>');
        return;
      case 'serve':
        stream.respond(GRPC, { waitForTrailers: true });
        stream.write(frame(conduct.message));
        return;
      case 'raw':
        stream.respond(GRPC);
        for (const chunk of conduct.chunks) stream.write(chunk);
        if (conduct.ends) stream.end();
    }
  }
}

const GRPC = { ':status': 200, 'content-type': 'application/grpc' };

function end(stream: ServerHttp2Stream, code: number, message: string): void {
  stream.on('wantTrailers', () => {
    stream.sendTrailers({ 'grpc-status': String(code), 'grpc-message': message });
  });
  stream.end();
}

/** An agent that is gone when the test ends. */
export async function startAgent(
  t: TestContext,
  conduct: Conduct,
  listen: ListenOptions = { port: 0, host: '127.0.0.1' },
): Promise<Agent> {
  const agent = new Agent(conduct, listen);
  await agent.start();
  t.after(() => agent.die());
  return agent;
}

/** A message with what gRPC puts in front. */
export function frame(message: Buffer): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
}
