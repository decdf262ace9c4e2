import { LongText } from '../async/long-text.js';
import type { Steps } from '../async/slices.js';
import type { RuntimeView, ServiceView } from '../routing/runtime.js';
import type { CountedKind, Counters } from '../telemetry/counters.js';
import { openFigures, type Counted } from '../telemetry/object-figures.js';
import { jsonText, type Json } from './json.js';
import { list, set } from './members.js';

/** What the figures are read from. */
export interface LiveSources {
  readonly runtime: () => RuntimeView;
  readonly counters: Counters;
  readonly open: () => readonly Counted[];
  /** Those that listen. */
  readonly listening: readonly string[];
  /** Grow with each configuration that is put into force, and each time that other findings hold. */
  readonly revisions: () => { readonly configuration: number; readonly findings: number };
  /** Monotonic, ms. */
  readonly now: () => number;
}

/**
 * `/api/live`: all that moves while the configuration stands still, for whoever asks every two seconds.
 * Numbers that are zero are left out, and so are routers and services that nothing ever happened to.
 * `revisions` say when the lists are worth another look. In steps: of thousands of objects it is a
 * megabyte of text.
 */
export function* liveText(sources: LiveSources, health: Json): Steps<readonly Buffer[]> {
  // At one moment, so that no connection counts twice or not at all.
  const reading = sources.counters.read();
  const connections = sources.open().filter(isOfSomebodyElse);
  const clock = sources.now();
  const { of } = yield* openFigures(connections);

  const { routers: known, services: views } = sources.runtime();

  const figuresOf = (kind: CountedKind, isConfigured: (name: string) => boolean) => {
    const blocks = new Map(reading.objects(kind).filter(([name]) => isConfigured(name)));
    return {
      names: new Set([...blocks.keys(), ...of[kind].keys()]),
      of: (name: string) => {
        const block = blocks.get(name);
        const open = of[kind].get(name);
        const count = (what: 'sent' | 'received' | 'failures') =>
          block === undefined ? 0 : reading.count(block, what);
        return {
          open: set(open?.connections),
          sent: set(count('sent') + (open?.sent ?? 0)),
          received: set(count('received') + (open?.received ?? 0)),
          dialFailures: set(count('failures')),
        };
      },
    };
  };

  const entryPoints = figuresOf('entryPoint', () => true);
  const routers = figuresOf('router', (name) => known.has(name));
  const services = figuresOf('service', (name) => views.has(name));
  const servers = figuresOf('server', () => true);
  const connected = addresses(of.server.keys());

  function* service(name: string): Steps<Json> {
    const view = views.get(name);
    const status = view?.serverStatus?.();
    const owners = view && ownersOf(view);
    const shown: Record<string, Json> = {};
    for (const address of new Set([...(status?.keys() ?? []), ...(connected.get(name) ?? [])])) {
      yield;
      shown[address] = {
        // Without one it is no server of the service any more.
        status: status?.get(address),
        owners: list(owners?.get(address)?.names),
        leaving: set(owners?.get(address)?.isLeaving),
        ...servers.of(`${name} ${address}`),
      };
    }
    return { ...services.of(name), servers: shown };
  }

  const { configuration, findings } = sources.revisions();
  const text = new LongText();
  text.add(`{"clockMs":${clock},"revisions":${jsonText({ configuration, findings })}`);
  text.add(`,"health":${jsonText(health)},"open":${connections.length}`);
  yield* section(text, 'entryPoints', sources.listening, entryPoints.of);
  yield* section(text, 'routers', routers.names, routers.of);
  yield* section(text, 'services', new Set([...services.names, ...views.keys()]), service);
  text.add('}\n');
  return text.end();
}

/** Who asks does not count. */
const isOfSomebodyElse = ({ server, phase }: Counted) => server !== undefined || phase !== 'data';

/** A member of the document, name by name. */
function* section(
  text: LongText,
  title: string,
  names: Iterable<string>,
  of: (name: string) => Json | Steps<Json>,
): Steps<undefined> {
  text.add(`,"${title}":{`);
  let separator = '';
  for (const name of names) {
    yield;
    const made = of(name);
    const value = isSteps(made) ? yield* made : made;
    text.add(`${separator}${jsonText(name)}:${jsonText(value)}`);
    separator = ',';
  }
  text.add('}');
  return undefined;
}

const isSteps = (made: Json | Steps<Json>): made is Steps<Json> =>
  typeof made === 'object' && made !== null && Symbol.iterator in made && 'next' in made;

/** Of servers by service: `SERVICE ADDRESS`, and an address holds no blank. */
function addresses(names: Iterable<string>): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const name of names) {
    const blank = name.lastIndexOf(' ');
    const service = name.slice(0, blank);
    const known = found.get(service) ?? [];
    found.set(service, known);
    known.push(name.slice(blank + 1));
  }
  return found;
}

interface Owners {
  readonly names: string[];
  /** All of them are about to end. */
  isLeaving: boolean;
}

function ownersOf({ merged }: ServiceView): ReadonlyMap<string, Owners> {
  const found = new Map<string, Owners>();
  for (const { owner, server } of merged.servers) {
    const address = server.address ?? '';
    const known = found.get(address) ?? { names: [], isLeaving: true };
    found.set(address, known);
    known.names.push(owner.name);
    known.isLeaving &&= owner.isLeaving === true;
  }
  return found;
}
