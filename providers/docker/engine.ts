import type Docker from 'dockerode';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { withTimeout } from '../../src/async/delay.js';
import type { EngineConfig } from '../../src/config/static.js';
import { EngineError } from './api.js';
import { negotiate } from './api-version.js';
import { clientOptions, unprinted } from './endpoint.js';
import { fields, readContainer, text, type Container } from './inspected.js';
import { fixForPath } from './permissions.js';
import { SshAgent } from './ssh.js';

/** Of one call, unless httpClientTimeout says something else. */
const CALL_MS = 10_000;
/** One container that the engine hangs on must not hold up the others for long. */
const INSPECT_MS = 3_000;
/** Inspections; each over ssh takes one of few logins, of which the event stream has another. */
const AT_ONCE = { ssh: 4, others: 16 };
/** A peer that vanished without a word is noticed within half a minute or so. */
const KEEP_ALIVE_MS = 15_000;

/** An engine that a version of its API was agreed upon with (D14). */
export interface Engine {
  /** The answer to a question about many. */
  readonly ask: (path: string, query: Query, until: AbortSignal) => Promise<unknown>;
  /** It is Docker's own, and nothing that speaks like it. */
  readonly isDocker: boolean;
  /** Inspections that are to run at the same time. */
  readonly atOnce: number;
  /** By id or name. Undefined: there is none. */
  readonly inspect: (reference: string, until: AbortSignal) => Promise<Container | undefined>;
  /** Events from now on, one JSON object a line. Whoever asked closes it. */
  readonly events: (filters: EventFilters, until: AbortSignal) => Promise<Readable>;
}

/** dockerode, which is large, is loaded only here. */
export async function connectEngine(config: EngineConfig, signal: AbortSignal): Promise<Engine> {
  const { default: Client } = await import('dockerode');
  const options = clientOptions(config);
  const client = (version?: string) =>
    withoutDockerHost(() => new Client({ ...options, ...(version !== undefined && { version }) }));
  const call = caller(config);

  const answer = fields(await call('/version', CALL_MS, signal, () => client().version()));
  const version = negotiate(text(answer.get('ApiVersion')), text(answer.get('MinAPIVersion')));
  const docker = client(`v${version}`);
  return {
    isDocker: isDocker(answer.get('Components')),
    atOnce: options.agent instanceof SshAgent ? AT_ONCE.ssh : AT_ONCE.others,
    ask: (path, query, until) =>
      call(path, CALL_MS, until, (abortSignal) => answerOf(docker, path, query, abortSignal)),
    async inspect(reference, until) {
      const path = `/containers/${encodeURIComponent(reference)}/json`;
      const found = await call(path, INSPECT_MS, until, (abortSignal) =>
        unlessMissing(answerOf(docker, path, {}, abortSignal)),
      );
      return readContainer(found);
    },
    async events(filters, until) {
      const given = new AbortController();
      try {
        const stream = await call('/events', CALL_MS, until, () =>
          docker.getEvents({ filters: JSON.stringify(filters), abortSignal: given.signal }),
        );
        if (!(stream instanceof Readable)) throw new Error('the event stream cannot be read');
        // Over ssh it is none, and ssh has its own way.
        if (stream instanceof IncomingMessage && stream.socket instanceof Socket) {
          stream.socket.setKeepAlive(true, KEEP_ALIVE_MS);
        }
        return stream;
      } catch (error) {
        given.abort();
        throw error;
      }
    },
  };
}

/** API 1.35 and newer; Podman has a `Podman Engine`. */
const isDocker = (components: unknown) =>
  Array.isArray(components) && components.some((one) => fields(one).get('Name') === 'Engine');

/**
 * What a GET comes to. Its body is read here: docker-modem 5.0.7 does not notice that an engine dies in the
 * middle of one, and puts a second set of listeners on each answer that it reads under a signal.
 */
function answerOf(
  { modem }: Docker,
  path: string,
  query: Query,
  abortSignal: AbortSignal,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    // The mark at the end makes docker-modem add the query.
    const ask = { path: `${path}?`, options: query, method: 'GET', abortSignal };
    modem.dial({ ...ask, isStream: true, statusCodes: { 200: true } }, (err, data) => {
      if (err !== null && err !== undefined) reject(err);
      else if (data instanceof Readable) resolve(json(data));
      else reject(new Error('the answer cannot be read'));
    });
  });
}

type Query = Readonly<Record<string, boolean | string>>;

export interface EventFilters {
  readonly type: readonly ('container' | 'network' | 'service' | 'node')[];
  readonly event: readonly string[];
}

/**
 * The configured endpoint alone counts (BUG-27). docker-modem 5.0.7 reads DOCKER_HOST and its kin
 * before its own options, and fails if DOCKER_CERT_PATH names no files.
 */
function withoutDockerHost<T>(make: () => T): T {
  const { DOCKER_HOST: host } = process.env;
  delete process.env['DOCKER_HOST'];
  try {
    return make();
  } finally {
    if (host !== undefined) process.env['DOCKER_HOST'] = host;
  }
}

type Call = <T>(
  path: string,
  ms: number,
  until: AbortSignal,
  request: (signal: AbortSignal) => Promise<T>,
) => Promise<T>;

/**
 * Makes calls that end. dockerode's own promises hang for ever when an engine dies in the middle of
 * an answer, so each is raced with a deadline, and the socket of one that fails is closed.
 */
function caller({ endpoint, httpClientTimeout }: EngineConfig): Call {
  return async (path, ms, until, request) => {
    const over = new AbortController();
    unprinted(over.signal);
    const deadline = httpClientTimeout > 0 ? httpClientTimeout : ms;
    try {
      return await withTimeout(request(over.signal), deadline, until, `${endpoint}${path}`);
    } catch (error) {
      // Not after an answer: its socket is closed, and each abort makes errors that nobody reads.
      over.abort();
      const status = statusOf(error);
      if (status !== undefined) throw refusalOf(error, status, path);
      throw withAdvice(error);
    }
  };
}

async function unlessMissing<T>(inspection: Promise<T>): Promise<T | undefined> {
  try {
    return await inspection;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** Set by docker-modem when the engine answered with an error. */
function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined;
}

/** What helps where a socket of this machine cannot be opened, by the system's code. */
const SOCKET_ADVICE: ReadonlyMap<unknown, string> = new Map([
  [
    'EACCES',
    'Sluice, which is not root, needs the group of the socket, which `stat -c %g` shows (Compose: group_add, Docker: --group-add)',
  ],
  // A file that is mounted stays what it was when the engine makes a new one.
  [
    'ECONNREFUSED',
    'the engine is not running; or, in a container, the socket that is mounted is that of an engine that was started anew since: then restart the container',
  ],
]);

function withAdvice(error: unknown): unknown {
  // That of a TCP connection has a port.
  if (!(error instanceof Error) || !('code' in error) || 'port' in error) return error;
  const advice = SOCKET_ADVICE.get(error.code);
  if (advice === undefined) return error;
  const { code, message } = error;
  return Object.assign(new Error(`${message}: ${advice}`, { cause: error }), {
    code,
    fix: advice,
  });
}

/** A socket proxy is the usual reason for these: it lets too little through, or has lost the engine. */
function refusalOf(error: unknown, status: number, path: string): EngineError {
  const said = error instanceof Error ? error.message.trim() : '';
  const isUnreachable = status === 502 || status === 503 || status === 504;
  if (status === 403) {
    const message = `GET ${path} is forbidden: allow it in the socket proxy`;
    return new EngineError(message, status, fixForPath(path));
  }
  if (/\bnot a swarm manager\b/i.test(said)) {
    return new EngineError('this engine is no manager of a Swarm', status, NO_MANAGER);
  }
  // Such as one without a leader: the engine itself says 503.
  if (!isUnreachable || /\bswarm\b/i.test(said)) {
    return new EngineError(`GET ${path}: ${said}`, status);
  }
  return new EngineError(
    `GET ${path}: HTTP status ${status}: the socket proxy does not reach the engine; if that was started anew, restart the proxy`,
    status,
  );
}

const NO_MANAGER =
  'name the endpoint of a manager in providers.swarm.endpoint (docker node ls, on one, lists them); without a Swarm, run docker swarm init, or write providers.docker instead';
