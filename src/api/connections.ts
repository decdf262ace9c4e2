import { createHash, timingSafeEqual } from 'node:crypto';
import { failure, type Answer } from './answer.js';
import type { Json } from './json.js';
import type { View } from './members.js';

/** A connection as the API sees it. It is over by itself at any time. */
export interface OpenConnection {
  readonly id: number;
  readonly entryPoint: string;
  /** `host:port`. */
  readonly client: string;
  /** Who is connected to us, where a PROXY header named the client. */
  readonly via: string | undefined;
  readonly serverName: string | undefined;
  /** Agreed on where TLS ends here, else offered by the client. */
  readonly alpn: string | undefined;
  /** Where TLS ends here. */
  readonly tlsVersion: string | undefined;
  /** Qualified names, as soon as they are known. */
  readonly router: string | undefined;
  readonly service: string | undefined;
  readonly server: string | undefined;
  readonly owner: string | undefined;
  readonly phase: string;
  /** Milliseconds. */
  readonly age: number;
  /** Bytes from the client, and to it. */
  readonly sent: number;
  readonly received: number;
  /** Ends it now, with resets. */
  readonly close: () => void;
}

export interface Connections {
  /** All but those to the built-in servers: who asks does not count. */
  readonly open: () => readonly OpenConnection[];
  /** Who presents it may close connections (D41). Empty: nobody may. */
  readonly token: string;
}

export function connectionView(connection: OpenConnection): View {
  const { age, close: _, ...shown } = connection;
  return { ...shown, ageSeconds: age / 1000 };
}

/** Zero in `open`: nobody notices a restart. */
export function connectionCounts(connections: readonly OpenConnection[]): Json {
  return {
    open: connections.length,
    entryPoints: counted(connections, ({ entryPoint }) => entryPoint),
    services: counted(connections, ({ service }) => service),
  };
}

function counted(
  connections: readonly OpenConnection[],
  nameOf: (connection: OpenConnection) => string | undefined,
): Json {
  const counts = new Map<string, number>();
  for (const connection of connections) {
    const name = nameOf(connection);
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function connectionOf({ open }: Connections, id: string): OpenConnection | undefined {
  return open().find((connection) => String(connection.id) === id);
}

export const noConnection = (id: string): Answer => failure(404, `connection not found: ${id}`);

const CLOSED: Answer = { status: 204, headers: {}, body: '' };

/** `DELETE`: of the connection `id`, or of all to one server of a service (D41). Never of simply all. */
export function closeConnections(
  connections: Connections,
  authorization: string,
  id: string | undefined,
  query: URLSearchParams,
): Answer {
  const refusal = refusalOf(connections.token, authorization);
  if (refusal) return refusal;
  if (id !== undefined) {
    const connection = connectionOf(connections, id);
    if (connection === undefined) return noConnection(id);
    connection.close();
    return CLOSED;
  }
  const service = query.get('service') ?? '';
  const server = query.get('server') ?? '';
  if (service === '' || server === '') {
    return failure(400, 'say whose: ?service=NAME@PROVIDER&server=HOST:PORT, or /connections/ID');
  }
  for (const connection of connections.open()) {
    if (connection.service === service && connection.server === server) connection.close();
  }
  return CLOSED;
}

function refusalOf(token: string, authorization: string): Answer | undefined {
  if (token === '') {
    return failure(403, 'nobody may close connections: api.token and api.tokenFile are not set');
  }
  const presented = /^Bearer +(\S+)$/i.exec(authorization.trim())?.[1];
  if (presented !== undefined && timingSafeEqual(digest(presented), digest(token)))
    return undefined;
  const { status, headers, body } = failure(401, 'present the API token: Authorization: Bearer …');
  return { status, headers: { ...headers, 'www-authenticate': 'Bearer' }, body };
}

/** Of equal length for any two texts, which the comparison needs. */
const digest = (text: string) => createHash('sha256').update(text).digest();
