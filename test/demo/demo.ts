import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';

/**
 * `npm run demo`: Sluice on test/demo/dynamic.yml with two echo servers of its own. Where a Docker
 * engine answers on this machine, its containers are watched too. `--check` sends one line through
 * the proxy, shows the answer, and stops.
 */
const ROOT = join(import.meta.dirname, '../../..');
const DOCKER_SOCKET = '/var/run/docker.sock';

interface Router {
  readonly name: string;
  readonly rule?: string;
  readonly service?: string;
  readonly provider: string;
  readonly status: string;
  readonly using?: readonly string[];
  readonly error?: readonly string[];
}

interface Service {
  readonly name: string;
  readonly loadBalancer?: { readonly servers?: readonly { readonly address?: string }[] };
}

/** Answers each line with its own name in front. */
async function echoServer(name: string): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes: Buffer) => socket.write(`${name}: ${bytes.toString()}`));
    socket.on('end', () => socket.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  return portOf(server.address());
}

const portOf = (address: string | AddressInfo | null) =>
  typeof address === 'object' && address !== null ? address.port : 0;

/** `preferred` if nobody listens there, else any free port. */
async function freePort(preferred: number): Promise<number> {
  for (const port of [preferred, 0]) {
    const server = createServer().listen(port, '::');
    const free = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!free) continue;
    const chosen = portOf(server.address());
    server.close();
    await once(server, 'close');
    return chosen;
  }
  throw new Error('no free port');
}

async function answers(path: string): Promise<boolean> {
  const socket = connect(path);
  const connected = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return connected;
}

async function get<T>(port: number, path: string, accept: (body: T) => boolean): Promise<T> {
  const deadline = performance.now() + 15_000;
  for (;;) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      const body = (await response.json()) as T;
      if (accept(body)) return body;
    } catch (error) {
      // Not listening yet.
      if (performance.now() > deadline) throw error;
    }
    if (performance.now() > deadline) throw new Error(`${path} did not show the demo's routes`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .map((line) => `  ${line}\n`)
    .join('');
}

function routed(routers: readonly Router[], services: readonly Service[]): string {
  const serversOf = new Map(
    services.map((service) => [
      service.name,
      (service.loadBalancer?.servers ?? []).map((server) => server.address ?? '?').join(', '),
    ]),
  );
  const qualified = (router: Router) =>
    router.service?.includes('@') === true
      ? router.service
      : `${router.service ?? '?'}@${router.provider}`;
  const rows = routers.map((router) => [
    router.using?.join(', ') ?? '-',
    router.name,
    router.rule ?? '-',
    qualified(router),
    serversOf.get(qualified(router)) ?? '-',
    router.error === undefined ? router.status : `${router.status}: ${router.error.join('; ')}`,
  ]);
  return table([['ENTRY POINT', 'ROUTER', 'BECAUSE', 'SERVICE', 'SERVERS', 'STATUS'], ...rows]);
}

async function firstLine(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.end(`${text}\n`);
  let answer = '';
  for await (const bytes of socket) answer += String(bytes);
  return answer.trim();
}

const [one, two] = [await echoServer('one'), await echoServer('two')];
const [echo, local, api] = [await freePort(7000), await freePort(7001), await freePort(8080)];
const docker = await answers(DOCKER_SOCKET);

const sluice = spawn(
  process.execPath,
  [
    join(ROOT, 'dist/src/main.js'),
    `--entryPoints.echo.address=:${echo}`,
    `--entryPoints.local.address=127.0.0.1:${local}`,
    `--entryPoints.traefik.address=127.0.0.1:${api}`,
    `--providers.file.filename=${join(ROOT, 'test/demo/dynamic.yml')}`,
    ...(docker ? ['--providers.docker'] : []),
    '--api.insecure=true',
  ],
  {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ECHO_ONE: `127.0.0.1:${one}`, ECHO_TWO: `127.0.0.1:${two}` },
  },
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => sluice.kill(signal));
}
// With it the demo is over, also while something is still waited for.
sluice.on('exit', (code) => process.exit(code ?? 1));

const routers = await get<Router[]>(api, '/api/tcp/routers', (list) =>
  list.some((router) => router.name === 'echo@file' && router.status === 'enabled'),
);
const services = await get<Service[]>(api, '/api/tcp/services', () => true);
process.stdout.write(`
${routed(routers, services)}
  try            nc 127.0.0.1 ${echo}      (type a line; the next connection gets the other server)
  change         test/demo/dynamic.yml
  look           http://127.0.0.1:${api}/ (the page), /api/tcp/routers, /api/diagnostics
  docker         ${docker ? `watched at ${DOCKER_SOCKET}` : `not watched: nothing answers at ${DOCKER_SOCKET}`}
  stop           Ctrl-C

`);

if (process.argv.includes('--check')) {
  for (const text of ['hello', 'again']) {
    process.stdout.write(`  sent ${text}, got ${await firstLine(echo, text)}\n`);
  }
  sluice.kill('SIGTERM');
}
