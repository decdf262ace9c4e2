import { createServer, type ServerResponse } from 'node:http';
import { idOf, inspection, listing } from '../support/docker.js';

/**
 * An engine on a socket of its own, in a process of its own: `made-up-engine.js SOCKET COUNT`. It answers what
 * discovery asks, and changes when its parent says so.
 */
export type Order =
  /** Answers the questions that it holds back until then. */
  | { readonly kind: 'open' }
  /** A new container, told of by one event. */
  | { readonly kind: 'add' }
  /** One container after another gets other labels, which makes it another container, as in Docker. */
  | { readonly kind: 'storm'; readonly perSecond: number; readonly seconds: number };

export type Word =
  | { readonly kind: 'listening' }
  /** The program has come as far as its first question. */
  | { readonly kind: 'asked' }
  | { readonly kind: 'done'; readonly inspects: number; readonly router: string };

const [socket = '', count = '0'] = process.argv.slice(2);
const say = (word: Word) => process.send?.(word);

interface Made {
  readonly place: number;
  readonly id: string;
  /** Raised each time that the container is replaced. */
  readonly version: number;
  readonly router: string;
  readonly inspected: string;
  readonly listed: string;
}

const VERSION = '{"ApiVersion":"1.41","MinAPIVersion":"1.12","Components":[{"Name":"Engine"}]}';

const byId = new Map<string, Made>();
const places: Made[] = [];
const events = new Set<ServerResponse>();
let inspects = 0;
let isOpen = false;
let held: (() => void)[] = [];

function make(place: number, version: number): Made {
  const name = `app-${place}-${version}`;
  const router = `r${place}-${version}`;
  const id = idOf(name);
  const labels = {
    'com.docker.compose.project': 'bench',
    'com.docker.compose.service': `app-${place}`,
    'traefik.enable': 'true',
    [`traefik.tcp.routers.${router}.rule`]: `HostSNI(\`app-${place}.v${version}.bench.test\`)`,
    [`traefik.tcp.routers.${router}.entrypoints`]: 'bench',
    [`traefik.tcp.routers.${router}.tls.passthrough`]: 'true',
    [`traefik.tcp.services.s${place}.loadbalancer.server.port`]: '7000',
  };
  const address = `10.${(place >> 16) & 255}.${(place >> 8) & 255}.${place & 255}`;
  const sketch = { name, labels, ports: ['7000/tcp'], networks: { bench: address } };
  const inspected = JSON.stringify(inspection(sketch));
  return { place, id, version, router, inspected, listed: JSON.stringify(listing(sketch)) };
}

function put(made: Made): void {
  const before = places[made.place];
  if (before) byId.delete(before.id);
  byId.set(made.id, made);
  places[made.place] = made;
  if (before) tell('die', before);
  tell('start', made);
}

function tell(action: string, { id, place, version }: Made): void {
  const Attributes = { name: `app-${place}-${version}`, 'traefik.enable': 'true' };
  const line = JSON.stringify({ Type: 'container', Action: action, Actor: { ID: id, Attributes } });
  for (const response of events) response.write(`${line}\n`);
}

for (let place = 0; place < Number(count); place += 1) put(make(place, 0));

const server = createServer((request, response) => {
  const json = (text: string, status = 200) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(text);
  };
  const path = new URL(request.url ?? '', 'http://engine').pathname.replace(/^\/v[\d.]+\//, '/');
  if (path === '/version') {
    const answer = () => json(VERSION);
    if (isOpen) answer();
    else held.push(answer);
    say({ kind: 'asked' });
  } else if (path === '/events') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    events.add(response);
    response.on('close', () => events.delete(response));
  } else if (path === '/containers/json') {
    json(`[${places.map(({ listed }) => listed).join(',')}]`);
  } else {
    inspects += 1;
    const [, , id = ''] = path.split('/');
    const found = byId.get(id)?.inspected;
    if (found === undefined) json('{"message":"No such container"}', 404);
    else json(found);
  }
});
server.listen(socket, () => say({ kind: 'listening' }));

function done(): void {
  say({ kind: 'done', inspects, router: places.at(-1)?.router ?? '' });
}

function storm(perSecond: number, seconds: number): void {
  const started = performance.now();
  let changes = 0;
  const timer = setInterval(() => {
    const passed = Math.min(seconds, (performance.now() - started) / 1_000);
    for (; changes < passed * perSecond; changes += 1) {
      const { place, version } = places[changes % places.length] ?? { place: 0, version: 0 };
      put(make(place, version + 1));
    }
    if (passed < seconds) return;
    clearInterval(timer);
    done();
  }, 2);
}

process.on('message', (order: Order) => {
  inspects = order.kind === 'open' ? 0 : inspects;
  if (order.kind === 'open') {
    isOpen = true;
    for (const answer of held) answer();
    held = [];
  } else if (order.kind === 'add') {
    put(make(places.length, 0));
    done();
  } else storm(order.perSecond, order.seconds);
});
process.on('disconnect', () => process.exit());
