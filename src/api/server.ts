import { createServer, STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import { badRequest, notFound, type Answer } from './answer.js';
import { answerApi, type ApiSources } from './api.js';

export interface PingSource {
  /** True from the signal on (PNG-1). */
  readonly terminating: () => boolean;
  readonly terminatingStatusCode: number;
}

/** What the built-in server of one entry point serves. */
export interface BuiltIn {
  readonly api: ApiSources | undefined;
  readonly ping: PingSource | undefined;
}

/**
 * The built-in HTTP server. It listens nowhere: the entry point hands it the connections that no
 * router took (D26).
 */
export function builtInServer(builtIn: BuiltIn): Server {
  const server = createServer((request, response) => {
    const answer = answerTo(builtIn, request);
    response.writeHead(answer.status, {
      'content-length': Buffer.byteLength(answer.body),
      ...answer.headers,
    });
    // A HEAD request gets the headers of its GET (RFC 9110, 9.3.2); Node drops the body.
    response.end(answer.body);
  });
  server.keepAliveTimeout = 5_000;
  return server;
}

function answerTo(builtIn: BuiltIn, request: IncomingMessage): Answer {
  const target = request.url ?? '/';
  const cut = target.indexOf('?');
  const path = cut < 0 ? target : target.slice(0, cut);
  if (!path.startsWith('/')) return badRequest;
  const query = new URLSearchParams(cut < 0 ? '' : target.slice(cut + 1));
  if (builtIn.ping && path.startsWith('/ping')) return pong(builtIn.ping);
  const answer = builtIn.api && answerApi(builtIn.api, request.method ?? 'GET', path, query);
  return answer ?? notFound;
}

/** PNG-1: a path prefix, any method. */
function pong(ping: PingSource): Answer {
  if (!ping.terminating()) return { status: 200, headers: {}, body: 'OK' };
  const status = ping.terminatingStatusCode;
  return { status, headers: {}, body: STATUS_CODES[status] ?? '' };
}
