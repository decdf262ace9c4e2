import type {
  Configuration,
  Finding,
  Live,
  LiveServer,
  ObjectEntry,
  ObjectRef,
  RouterEntry,
  ServerEntry,
  ServiceEntry,
  Severity,
} from './answers.js';

/** The four columns, and what stands beside them. */
export const COLUMNS = ['entryPoint', 'router', 'service', 'server'] as const;
const EXTRAS = ['middleware', 'serversTransport', 'tlsOptions'] as const;

export type Column = (typeof COLUMNS)[number];
export type Kind = Column | (typeof EXTRAS)[number];

export const KIND_WORDS: Readonly<Record<Kind, string>> = {
  entryPoint: 'entry point',
  router: 'router',
  service: 'service',
  server: 'server',
  middleware: 'middleware',
  serversTransport: 'servers transport',
  tlsOptions: 'TLS options',
};

/** How an object is. `idle`: nothing is asked of it. */
export type State = 'good' | 'warning' | 'bad' | 'leaving' | 'idle';

/** A word or two beside the name. */
export interface Chip {
  readonly text: string;
  readonly isBad?: boolean;
  /** What is shown when it is chosen. */
  readonly node?: string;
}

export type Fact = readonly [name: string, value: string];

/** One object of the picture. */
export interface Node {
  /** `KIND:NAME`; of a server `server:SERVICE ADDRESS`. */
  readonly id: string;
  readonly kind: Kind;
  readonly name: string;
  readonly state: State;
  readonly stateText: string;
  /** Its rule, its address, its kind. */
  readonly what: string;
  readonly chips: readonly Chip[];
  readonly findings: readonly Finding[];
  /** IDs, from left to right; of what stands beside the columns, who uses it. */
  readonly to: readonly string[];
  /** What else is known, for whoever looks closer: made then, since there are thousands of nodes. */
  readonly facts: () => readonly Fact[];
  /** What a search finds beside the rest: owners, middlewares, errors. */
  readonly words: readonly string[];
}

/** All objects, from left to right and so that few lines cross. */
export interface Picture {
  readonly nodes: ReadonlyMap<string, Node>;
  readonly columns: Readonly<Record<Column, readonly Node[]>>;
  readonly extras: readonly Node[];
  /** ID to the IDs to its left. */
  readonly from: ReadonlyMap<string, readonly string[]>;
}

/** It has no column. */
export const isBeside = ({ kind }: Node): boolean => EXTRAS.some((extra) => extra === kind);

export interface PictureSources {
  readonly configuration: Configuration;
  readonly findings: readonly Finding[];
  readonly live: Live;
}

interface Draft extends Omit<Node, 'words' | 'findings' | 'id' | 'facts' | 'chips'> {
  readonly id?: string;
  readonly chips?: readonly (Chip | undefined)[];
  /** Those without a value are left out. */
  readonly facts?: () => readonly (readonly [name: string, value: string | undefined])[];
  readonly findings?: readonly Finding[];
  readonly words?: readonly string[];
}

export function pictureOf({ configuration, findings, live }: PictureSources): Picture {
  const byObject = findingsByObject(findings);
  const context: Context = {
    live,
    configuration,
    services: new Map(configuration.services.map((service) => [service.name, service])),
    middlewares: new Map(configuration.middlewares.map((each) => [each.name, each])),
    serviceOf: servicesByRouter(configuration),
    about: (kind, name) => byObject.get(`${kind}:${name}`) ?? [],
  };
  const entryPoints = entryPointNodes(context);
  const routers = inOrder(
    [
      ...configuration.routers.map((router) => routerNode(router, context)),
      ...goneRouters(context),
    ],
    entryPoints,
  );
  const services = inOrder(
    [
      ...configuration.services.map((service) => serviceNode(service, context)),
      ...goneServices(context),
    ],
    routers,
  );
  const servers = services.flatMap((service) => serverNodes(service, context));
  const extras = extraNodes(context);
  const nodes = new Map<string, Node>();
  for (const node of [...entryPoints, ...routers, ...services, ...servers, ...extras]) {
    nodes.set(node.id, node);
  }
  return {
    nodes,
    columns: { entryPoint: entryPoints, router: routers, service: services, server: servers },
    extras,
    from: reversed(nodes.values()),
  };
}

interface Context {
  readonly live: Live;
  readonly configuration: Configuration;
  readonly services: ReadonlyMap<string, ServiceEntry>;
  readonly middlewares: ReadonlyMap<string, ObjectEntry>;
  /** Router to its service. */
  readonly serviceOf: ReadonlyMap<string, string>;
  readonly about: (kind: string, name: string) => readonly Finding[];
}

function node(draft: Draft): Node {
  const { words = NONE, chips = NONE, facts, findings = NONE, ...rest } = draft;
  return {
    ...rest,
    id: rest.id ?? `${rest.kind}:${rest.name}`,
    chips: chips.filter((chip) => chip !== undefined),
    facts: () =>
      (facts?.() ?? []).flatMap(([title, value]) =>
        value === undefined || value === '' ? [] : [[title, value] as const],
      ),
    findings:
      findings.length < 2
        ? findings
        : findings.toSorted((a, b) => RANK[a.severity] - RANK[b.severity]),
    words,
  };
}

const NONE: readonly never[] = [];

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

const UNQUALIFIED: ReadonlySet<string> = new Set(['router', 'service', ...EXTRAS]);

/** The ID of the node that a finding is about, if there is one: some names are told as written. */
export function objectId({ kind, name }: ObjectRef, provider: string | undefined): string {
  const isWhole = provider === undefined || name.includes('@') || !UNQUALIFIED.has(kind);
  return `${kind}:${isWhole ? name : `${name}@${provider}`}`;
}

function findingsByObject(findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
  const found = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.object === undefined) continue;
    const key = objectId(finding.object, finding.provider);
    const known = found.get(key);
    if (known) known.push(finding);
    else found.set(key, [finding]);
  }
  return found;
}

function servicesByRouter({ services, routers }: Configuration): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { name, usedBy = [] } of services) for (const user of usedBy) found.set(user, name);
  // Whoever is disabled is in nobody's list, and still says whom he means.
  for (const { name, provider, service = '' } of routers) {
    if (found.has(name) || service === '') continue;
    found.set(name, service.includes('@') ? service : `${service}@${provider}`);
  }
  return found;
}

function entryPointNodes({ live, configuration, about }: Context): readonly Node[] {
  const routersOf = new Map<string, string[]>();
  for (const { name, using, entryPoints = [] } of configuration.routers) {
    for (const entryPoint of new Set(using ?? entryPoints)) {
      const known = routersOf.get(entryPoint) ?? [];
      routersOf.set(entryPoint, known);
      known.push(`router:${name}`);
    }
  }
  return configuration.entryPoints.map(({ name, address }) => {
    const listens = Object.hasOwn(live.entryPoints, name);
    return node({
      kind: 'entryPoint',
      name,
      state: listens ? 'good' : 'idle',
      stateText: listens ? 'listening' : 'not served',
      what: address,
      to: routersOf.get(name) ?? [],
      findings: about('entryPoint', name),
      facts: () => [['Address', address]],
    });
  });
}

const STATUS: ReadonlyMap<string, readonly [State, string]> = new Map([
  ['enabled', ['good', 'in force']],
  ['warning', ['warning', 'partly in force']],
  ['disabled', ['bad', 'disabled']],
]);

const statusOf = ({ status = '' }: ObjectEntry): readonly [State, string] =>
  STATUS.get(status) ?? ['idle', status || 'unknown'];

function routerNode(router: RouterEntry, context: Context): Node {
  const { name, rule = '', tls, middlewares = [], error = [] } = router;
  const { serviceOf, about } = context;
  const [state, stateText] = statusOf(router);
  const service = serviceOf.get(name);
  const tlsText = tls && (tls.passthrough ? 'TLS passthrough' : 'TLS');
  return node({
    kind: 'router',
    name,
    state,
    stateText,
    what: rule || 'no rule',
    to: service === undefined ? [] : [`service:${service}`],
    findings: [
      ...about('router', name),
      ...middlewares.flatMap((middleware) => about('middleware', middleware)),
      ...(tls?.options === undefined ? [] : about('tlsOptions', tls.options)),
    ],
    chips: [
      tlsText === undefined ? undefined : { text: tlsText },
      ...middlewares.map((middleware) => ({
        text: middleware,
        isBad: context.middlewares.get(middleware)?.status !== 'enabled',
        node: `middleware:${middleware}`,
      })),
    ],
    facts: () => [
      ['Rule', rule],
      ['Priority', router.priorityStr],
      ['Entry points', (router.using ?? router.entryPoints ?? []).join(', ')],
      ['Service', service ?? router.service],
      ['TLS', tlsText],
      ['TLS options', tls?.options],
      ['Middlewares, in order', middlewares.join(', ')],
      ['Why it is not in force', error.join('\n')],
    ],
    words: [...middlewares, ...error],
  });
}

/** Gone from the configuration, and connections that it took are still open. */
const goneNode = (kind: 'router' | 'service', name: string) =>
  node({
    kind,
    name,
    state: 'leaving',
    stateText: 'removed, connections live on',
    what: '',
    to: [],
  });

function goneRouters({ live, configuration }: Context): readonly Node[] {
  const known = new Set(configuration.routers.map(({ name }) => name));
  return Object.keys(live.routers)
    .filter((name) => !known.has(name))
    .map((name) => goneNode('router', name));
}

function goneServices({ live, services }: Context): readonly Node[] {
  return Object.keys(live.services)
    .filter((name) => !services.has(name))
    .map((name) => {
      const servers = Object.keys(live.services[name]?.servers ?? {});
      return { ...goneNode('service', name), to: servers.map((each) => `server:${name} ${each}`) };
    });
}

function serviceNode(service: ServiceEntry, context: Context): Node {
  const { name, loadBalancer, weighted, error = [] } = service;
  const { live, about } = context;
  const [state, stateText] = serviceState(service, live);
  const { serversTransport, strategy, healthCheck } = loadBalancer ?? {};
  const parts = partsOf(service, context);
  return node({
    kind: 'service',
    name,
    state,
    stateText,
    what: weighted ? 'weighted' : `${strategy ?? 'wrr'}${healthCheck ? ', checked' : ''}`,
    to: weighted
      ? parts.map((part) => `service:${part.name}`)
      : addressesOf(service, live).map((address) => `server:${name} ${address}`),
    findings: [
      ...about('service', name),
      ...(serversTransport === undefined ? [] : about('serversTransport', serversTransport)),
    ],
    chips: [
      serversTransport === undefined || serversTransport.endsWith('@internal')
        ? undefined
        : { text: serversTransport, node: `serversTransport:${serversTransport}` },
      ...parts.map((part) => ({
        text: `${part.weight} × ${part.name}`,
        node: `service:${part.name}`,
      })),
    ],
    facts: () => [
      ['Kind', service.type],
      ['Strategy', strategy],
      ['Transport', serversTransport],
      ['Health check', healthCheck && JSON.stringify(healthCheck)],
      ['Used by', (service.usedBy ?? []).join(', ')],
      ['Why it is not in force', error.join('\n')],
    ],
    words: [...error, ...parts.map((part) => part.name)],
  });
}

interface PartOfService {
  readonly name: string;
  readonly weight: number;
}

/** Of a weighted service; an unqualified name is of its own provider, else of a file (D7). */
function partsOf(
  { weighted, provider }: ServiceEntry,
  { services }: Context,
): readonly PartOfService[] {
  return (weighted?.services ?? []).flatMap(({ name = '', weight }) => {
    if (name === '') return [];
    const own = name.includes('@') ? name : `${name}@${provider}`;
    return [{ name: services.has(own) || name.includes('@') ? own : `${name}@file`, weight }];
  });
}

function addressesOf({ name, loadBalancer }: ServiceEntry, live: Live): readonly string[] {
  const shown = live.services[name]?.servers ?? {};
  const checked = Object.values(shown).some(({ status }) => status !== undefined);
  // Once the service is in force it says itself what its servers are called.
  const written = checked ? [] : (loadBalancer?.servers ?? []).map(({ address = '' }) => address);
  return [...new Set([...Object.keys(shown), ...written])].filter((address) => address !== '');
}

function serviceState(service: ServiceEntry, live: Live): readonly [State, string] {
  if (service.status === 'disabled') return ['bad', 'disabled'];
  if (service.weighted) {
    return (service.usedBy ?? []).length === 0 ? ['idle', 'not used'] : ['good', 'in force'];
  }
  const states = Object.values(live.services[service.name]?.servers ?? {}).flatMap(
    ({ status }) => status ?? [],
  );
  if (states.length === 0) {
    return (service.usedBy ?? []).length === 0 ? ['idle', 'not used'] : ['bad', 'no server'];
  }
  const up = states.filter((status) => status === 'UP').length;
  const state = up === states.length ? 'good' : up === 0 ? 'bad' : 'warning';
  return [state, `${up} of ${states.length} up`];
}

function serverNodes(service: Node, { live, services, about }: Context): readonly Node[] {
  const entry = services.get(service.name);
  const written = new Map((entry?.loadBalancer?.servers ?? []).map((each) => [each.address, each]));
  const shown = live.services[service.name]?.servers ?? {};
  const prefix = `server:${service.name} `;
  return service.to
    .filter((id) => id.startsWith(prefix))
    .map((id) => {
      const address = id.slice(prefix.length);
      const { owners = [], ...state } = shown[address] ?? {};
      return serverNode(id, address, {
        service: service.name,
        written: written.get(address),
        state,
        owners,
        findings: owners.flatMap((owner) => [
          ...about('container', owner),
          ...about('instance', owner),
          // A task is `SERVICE.SLOT`; a service as a whole has its own name.
          ...about('swarmService', owner),
          ...about('swarmService', owner.replace(/\.[^.]+$/, '')),
        ]),
      });
    });
}

interface ServerSources {
  readonly service: string;
  readonly written: ServerEntry | undefined;
  readonly state: LiveServer;
  readonly owners: readonly string[];
  readonly findings: readonly Finding[];
}

function serverNode(id: string, address: string, sources: ServerSources): Node {
  const { service, written, state, owners, findings } = sources;
  const [shown, stateText] = serverState(state, written !== undefined);
  const { weight = 1, backup, tls, maxConnections } = written ?? {};
  return node({
    id,
    kind: 'server',
    name: address,
    state: shown,
    stateText,
    what: owners.map(shortOwner).join(', '),
    to: [],
    findings,
    chips: [
      backup ? { text: 'backup' } : undefined,
      weight === 1 ? undefined : { text: `weight ${weight}` },
      tls ? { text: 'TLS' } : undefined,
      maxConnections ? { text: `at most ${maxConnections}` } : undefined,
    ],
    facts: () => [
      ['Service', service],
      ['Declared by', owners.join(', ')],
      ['Weight', String(weight)],
      ['Backup', backup ? 'yes: only when no other is up' : undefined],
      ['At most', maxConnections ? `${maxConnections} connections` : undefined],
      ['TLS', tls ? 'yes' : undefined],
    ],
    words: [...owners, service],
  });
}

/** Of files the last part will do here. */
const shortOwner = (owner: string) =>
  owner.startsWith('/') ? (owner.split('/').at(-1) ?? owner) : owner;

function serverState(
  { status, leaving, open }: LiveServer,
  isWritten: boolean,
): readonly [State, string] {
  if (status === 'DOWN') return ['bad', 'down'];
  if (leaving) return ['leaving', 'leaving: no new connections'];
  if (status === 'UP') return ['good', 'up'];
  if (!isWritten && open !== undefined) return ['leaving', 'removed, connections live on'];
  return ['idle', 'not used'];
}

function extraNodes({ configuration, about }: Context): readonly Node[] {
  const extra =
    (kind: 'middleware' | 'serversTransport' | 'tlsOptions', users: Column) =>
    (entry: ObjectEntry & { readonly type?: string }): Node => {
      const [state, stateText] = statusOf(entry);
      const usedBy = entry.usedBy ?? [];
      return node({
        kind,
        name: entry.name,
        state: state === 'good' && usedBy.length === 0 ? 'idle' : state,
        stateText: state === 'good' && usedBy.length === 0 ? 'not used' : stateText,
        what: entry.type ?? KIND_WORDS[kind],
        to: usedBy.map((name) => `${users}:${name}`),
        findings: about(kind, entry.name),
        facts: () => [
          ['Kind', entry.type ?? KIND_WORDS[kind]],
          ['Used by', usedBy.join(', ')],
          ['Written', writtenText(entry)],
          ['Why it is not in force', (entry.error ?? []).join('\n')],
        ],
      });
    };
  return [
    ...configuration.middlewares.map(extra('middleware', 'router')),
    ...configuration.serversTransports.map(extra('serversTransport', 'service')),
    ...configuration.tlsOptions.map(extra('tlsOptions', 'router')),
  ];
}

const SHOWN_ELSEWHERE = new Set(['name', 'provider', 'status', 'error', 'usedBy', 'type']);

/** All that the API shows of it, as it is. */
function writtenText(entry: ObjectEntry): string {
  const rest = Object.entries(entry).filter(([key]) => !SHOWN_ELSEWHERE.has(key));
  return rest.length === 0 ? '' : JSON.stringify(Object.fromEntries(rest), undefined, 1);
}

/** By the first to its left, then by name; a part of a weighted service follows it. */
function inOrder(nodes: readonly Node[], left: readonly Node[]): readonly Node[] {
  const place = new Map<string, number>();
  for (const [index, { to }] of left.entries()) {
    for (const id of to) if (!place.has(id)) place.set(id, index);
  }
  for (const { id, to } of nodes) {
    const own = place.get(id);
    if (own === undefined) continue;
    for (const part of to)
      if (part.startsWith('service:') && !place.has(part)) place.set(part, own);
  }
  const placeOf = ({ id }: Node) => place.get(id) ?? left.length;
  return nodes.toSorted((a, b) => placeOf(a) - placeOf(b) || (a.name < b.name ? -1 : 1));
}

function reversed(nodes: Iterable<Node>): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { id, to } of nodes) {
    for (const next of to) {
      const known = found.get(next);
      if (known) known.push(id);
      else found.set(next, [id]);
    }
  }
  return found;
}
