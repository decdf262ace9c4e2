import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { badRequest, failure, methodNotAllowed, notFound, type Answer } from './answer.js';
import { EXPOSITION_TYPE } from '../telemetry/exposition.js';
import { answerApi, type ApiSources } from './api.js';
import type { Page } from './page.js';

export interface PingSource {
  /** True from the signal on (PNG-1). */
  readonly terminating: () => boolean;
  readonly terminatingStatusCode: number;
}

/** UTF-8, in pieces. */
type Text = readonly Buffer[];

/** What the built-in server of one entry point serves. */
export interface BuiltIn {
  readonly api: ApiSources | undefined;
  readonly page: Page | undefined;
  readonly ping: PingSource | undefined;
  /** What `/metrics` answers, made at each request. */
  readonly metrics: (() => Text | Promise<Text>) | undefined;
  /** A bug: the request is answered with 500, and nothing else is harmed by it. */
  readonly crashed: (error: unknown, path: string) => void;
}

/**
 * The built-in HTTP server. It listens nowhere: the entry point hands it the connections that no
 * router took (D26).
 */
export function builtInServer(builtIn: BuiltIn): Server {
  const server = createServer((request, response) => {
    const answer = answerTo(builtIn, request);
    if (answer instanceof Promise) void answer.then((late) => respond(response, late));
    else respond(response, answer);
  });
  server.keepAliveTimeout = 5_000;
  return server;
}

function respond(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, {
    // RFC 9110, 8.6: what cannot have a body has no length either.
    ...(!BODILESS.has(status) && { 'content-length': lengthOf(body) }),
    ...headers,
  });
  // A HEAD request gets the headers of its GET (RFC 9110, 9.3.2); Node drops the body.
  if (typeof body === 'string') response.end(body);
  else void writePieces(response, body);
}

const lengthOf = (body: Answer['body']): number =>
  typeof body === 'string'
    ? Buffer.byteLength(body)
    : body.reduce((sum, { length }) => sum + length, 0);

/** Others have their turn between two of them. Never rejects. */
async function writePieces(response: ServerResponse, pieces: readonly Buffer[]): Promise<void> {
  for (const piece of pieces) {
    if (response.destroyed) return;
    const goesOn = response.write(piece);
    await new Promise<void>((resolve) => {
      if (goesOn) {
        setImmediate(resolve);
        return;
      }
      const next = () => {
        response.off('drain', next).off('close', next);
        resolve();
      };
      response.on('drain', next).on('close', next);
    });
  }
  response.end();
}

const BODILESS: ReadonlySet<number> = new Set([204, 304]);

/** A client that takes us for its proxy sends the whole URL (RFC 9112, 3.2.2). */
const AUTHORITY = /^https?:\/\/[^/?]*/i;

/** API-5. */
const BROKEN_ESCAPE = /%(?![\da-f]{2})/i;

/** Never rejects. */
function answerTo(builtIn: BuiltIn, request: IncomingMessage): Answer | Promise<Answer> {
  const target = (request.url ?? '/').replace(AUTHORITY, '');
  const cut = target.indexOf('?');
  const path = (cut < 0 ? target : target.slice(0, cut)) || '/';
  if (!path.startsWith('/') || BROKEN_ESCAPE.test(path)) return badRequest;
  if (builtIn.ping && path.startsWith('/ping')) return pong(builtIn.ping);
  const query = new URLSearchParams(cut < 0 ? '' : target.slice(cut + 1));
  const crash = (error: unknown) => {
    builtIn.crashed(error, path);
    return failure(500, 'this is a bug: the log has more');
  };
  try {
    const { method = 'GET', headers } = request;
    if (builtIn.metrics && path === '/metrics') {
      if (method !== 'GET' && method !== 'HEAD') return methodNotAllowed;
      const text = builtIn.metrics();
      return text instanceof Promise ? text.then(exposed, crash) : exposed(text);
    }
    const answer =
      (builtIn.api && answerApi(builtIn.api, method, path, query, headers.authorization)) ??
      builtIn.page?.(method, path, headers);
    return answer instanceof Promise ? answer.catch(crash) : (answer ?? notFound);
  } catch (error) {
    return crash(error);
  }
}

const exposed = (body: Text): Answer => ({
  status: 200,
  headers: { 'content-type': EXPOSITION_TYPE },
  body,
});

/** PNG-1: a path prefix, any method. */
function pong(ping: PingSource): Answer {
  if (!ping.terminating()) return { status: 200, headers: {}, body: 'OK' };
  const status = ping.terminatingStatusCode;
  return { status, headers: {}, body: STATUS_CODES[status] ?? '' };
}
