import { connect as connectTcp, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { connect as connectTls, type SecureVersion, type TLSSocket } from 'node:tls';
import type { RouterConfig, TlsOptionsConfig } from '../../../src/config/model.js';
import { compile } from '../../../src/routing/compile.js';
import { compileOptions, entryPoint } from '../../support/compile-options.js';
import { eventually } from '../../support/eventually.js';
import { mergedConfig, router, service, tlsOptions } from '../../support/merged.js';
import { startProxy, type RunningProxy } from '../../support/proxy.js';
import { selfSigned } from '../../../src/tls/default-certificate.js';
import { SSL_REQUEST, startNotingServer, type Reached, type ServerKind } from './route-servers.js';

export interface RoutesInput {
  readonly routers: Readonly<Record<string, Written>>;
  readonly tlsOptions?: Readonly<Record<string, TlsOptionsConfig>>;
  readonly entryPoint?: {
    readonly proxyProtocol: {
      readonly insecure?: boolean;
      readonly trustedIPs?: readonly string[];
    };
  };
  readonly connections: readonly Connection[];
}

interface Written extends Pick<RouterConfig, 'rule' | 'ruleSyntax' | 'tls'> {
  readonly priority?: number;
  readonly server?: ServerKind;
}

interface Connection {
  readonly from?: string;
  readonly to?: string;
  readonly tls?: {
    readonly sni?: string;
    readonly alpn?: readonly string[];
    readonly min?: SecureVersion;
    readonly max?: SecureVersion;
  };
  readonly send?: string;
  readonly hex?: boolean;
  readonly postgres?: boolean;
  readonly fin?: boolean;
}

/** A set of options that the harness of the vectors had beside those that they write. */
const HARNESS_OPTIONS = { min13: { minVersion: 'VersionTLS13' } };

/**
 * Who answers each connection, over real sockets: `NAME (ALPN)`, `raw:NAME`, `closed`, `closed at the
 * deadline` or `alert:N`. The alerts of D35 and D39 are ours, where Traefik closes without a word.
 */
export async function answersOf(t: TestContext, input: RoutesInput): Promise<readonly string[]> {
  const reached: Reached[] = [];
  const proxy = await startRouters(t, input, reached);
  const answers: string[] = [];
  for (const connection of input.connections) {
    answers.push(await answerTo(t, connection, proxy, reached));
  }
  return answers;
}

async function startRouters(
  t: TestContext,
  input: RoutesInput,
  reached: Reached[],
): Promise<RunningProxy> {
  const routers = [];
  const services = [];
  for (const [name, { priority, server, ...config }] of Object.entries(input.routers)) {
    const kind = server ?? (config.tls?.passthrough === true ? 'tls' : 'plain');
    const address = await startNotingServer(t, name, kind, reached);
    const number = priority === undefined ? {} : { priority: BigInt(priority) };
    routers.push(router(`${name}@file`, { ...config, ...number, service: name }));
    services.push(service(`${name}@file`, [address]));
  }
  const sets = Object.entries({ ...HARNESS_OPTIONS, ...input.tlsOptions }).map(([name, config]) =>
    tlsOptions(`${name}@file`, config),
  );
  const own = selfSigned(Date.now());
  const { table } = compile(
    mergedConfig({ routers, services, tlsOptions: sets }),
    compileOptions({
      entryPoints: [entryPoint('tls'), entryPoint('plain')],
      builtIn: new Set(),
      tls: { secret: Buffer.alloc(32), selfSigned: () => own },
    }),
    undefined,
  );
  const { insecure = false, trustedIPs = [] } = input.entryPoint?.proxyProtocol ?? {};
  const believes = (address: string) => insecure || trustedIPs.includes(address);
  return startProxy(t, {
    table,
    entryPoints: {
      tls: { host: '' },
      // Deadlines are for those who are not to be waited for; a handshake takes its time.
      plain: { host: '', readTimeout: 600, sniffTimeout: 300 },
    },
    ...(input.entryPoint && { believes: { tls: believes, plain: believes } }),
  });
}

async function answerTo(
  t: TestContext,
  connection: Connection,
  proxy: RunningProxy,
  reached: Reached[],
): Promise<string> {
  const [notes, ends] = [reached.length, proxy.ends().length];
  const isTls = connection.tls !== undefined || connection.postgres === true;
  const raw = connectTcp({
    port: proxy.port(isTls ? 'tls' : 'plain'),
    host: connection.to ?? '127.0.0.1',
    ...(connection.from !== undefined && { localAddress: connection.from }),
    allowHalfOpen: true,
  });
  t.after(() => raw.destroy());
  const client = new Speaking(raw, connection);
  const isWordless = !isTls && (connection.send ?? '') === '';
  const note = await eventually('a server is reached, or nobody', () => {
    const found = reached[notes];
    if (found !== undefined && (isWordless || found.first !== undefined)) return found;
    return proxy.ends().length > ends && client.isOver ? 'nobody' : undefined;
  });
  raw.destroy();
  const reason = (await proxy.ended(ends + 1))[ends];
  return note === 'nobody' ? closed(reason, client.alert) : named(note, client.alpn, isTls);
}

function closed(reason: unknown, alert: string | undefined): string {
  if (reason === 'route-timeout') return 'closed at the deadline';
  return alert === undefined || OURS.has(alert) ? 'closed' : `alert:${alert}`;
}

/** access_denied (D35) and unrecognized_name (D39). */
const OURS: ReadonlySet<string> = new Set(['49', '112']);

function named({ router: name, first }: Reached, alpn: string, isTls: boolean): string {
  const isRaw = isTls && (first?.[0] === 0x16 || first?.[0] === 0x00);
  if (isRaw) return `raw:${name}`;
  return alpn === '' ? name : `${name} (${alpn})`;
}

/** A client that says what the vector lets it say. */
class Speaking {
  readonly #raw: Socket;
  readonly #connection: Connection;
  #stream: TLSSocket | undefined;
  /** The number of the alert that ended it. */
  alert: string | undefined;
  isOver = false;

  constructor(raw: Socket, connection: Connection) {
    this.#raw = raw;
    this.#connection = connection;
    this.#listen(raw);
    if (connection.postgres === true) this.#askForTls();
    else if (connection.tls) this.#secure(connection.tls);
    else this.#speak();
  }

  get alpn(): string {
    const protocol = this.#stream?.alpnProtocol;
    return typeof protocol === 'string' ? protocol : '';
  }

  #listen(socket: Socket): void {
    const over = () => (this.isOver = true);
    socket
      .on('end', over)
      .on('close', over)
      .on('error', (error: Error) => {
        this.alert ??= /alert number (\d+)/.exec(error.message)?.[1];
      });
  }

  #askForTls(): void {
    const { tls } = this.#connection;
    this.#raw.write(SSL_REQUEST);
    this.#raw.once('data', () => {
      if (tls) this.#secure(tls);
      else this.#raw.write('no TLS at all');
    });
  }

  #secure({ sni = '', alpn = [], min, max }: NonNullable<Connection['tls']>): void {
    const stream = connectTls({
      socket: this.#raw,
      servername: sni,
      rejectUnauthorized: false,
      ...(alpn.length > 0 && { ALPNProtocols: [...alpn] }),
      ...(min && { minVersion: min }),
      ...(max && { maxVersion: max }),
    });
    this.#stream = stream;
    this.#listen(stream);
    stream.on('secureConnect', () => stream.write('hi')).resume();
  }

  #speak(): void {
    const { send = '', hex = false, fin = false } = this.#connection;
    if (send !== '') this.#raw.write(Buffer.from(send, hex ? 'hex' : 'latin1'));
    if (fin) this.#raw.end();
    this.#raw.resume();
  }
}
