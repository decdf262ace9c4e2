import {
  attachment,
  byPort,
  fields,
  list,
  mapped,
  text,
  type Binding,
  type Container,
  type ExposedPort,
} from './inspected.js';

/** A container as the list shows it. Its labels never change while it exists. */
export interface Listed {
  readonly id: string;
  readonly labels: ReadonlyMap<string, string>;
  /** All but what only an inspection tells (`Life`); undefined: the list does not tell enough. */
  readonly read: () => Container | undefined;
}

/**
 * Reads the engine's list of containers. `isWhole`: what it says of one that runs is what an inspection would
 * say, as it is of Docker's own engine; others leave out ports and networks (Podman).
 */
export function readListed(json: unknown, isWhole: boolean): readonly Listed[] {
  return list(json, 'containers').flatMap((one) => {
    const id = text(fields(one).get('Id'));
    if (id === '') return [];
    const labels = mapped(fields(one).get('Labels'), text);
    // One by one, and only of those that are of interest: there may be thousands.
    return [{ id, labels, read: () => (isWhole ? running(id, labels, one) : undefined) }];
  });
}

/** Of those that do not run little is asked, and much is left out of the list. */
function running(
  id: string,
  labels: ReadonlyMap<string, string>,
  json: unknown,
): Container | undefined {
  const root = fields(json);
  const name = nameIn(root.get('Names'));
  const health = healthIn(text(root.get('Status')));
  const networkMode = text(fields(root.get('HostConfig')).get('NetworkMode'));
  const created = root.get('Created');
  const ports = root.get('Ports');
  const settings = fields(root.get('NetworkSettings'));
  const isTold =
    name !== undefined &&
    health !== undefined &&
    text(root.get('State')) === 'running' &&
    networkMode !== '' &&
    typeof created === 'number' &&
    created > 0 &&
    Array.isArray(ports) &&
    settings.has('Networks');
  if (!isTold) return undefined;
  return {
    id,
    name,
    labels,
    status: 'running',
    createdAt: created * 1_000,
    health,
    networkMode,
    networks: mapped(settings.get('Networks'), attachment),
    ports: portsOf(ports),
    life: undefined,
  };
}

/** Among the names are those by which others link to it: `/other/db`. */
function nameIn(names: unknown): string | undefined {
  const all: readonly unknown[] = Array.isArray(names) ? names : [];
  const own = all.map(text).find((name) => /^\/[^/]+$/.test(name));
  return own?.slice(1);
}

/**
 * API 1.51 and older know the health in a sentence alone: `Up 4 seconds (health: starting)`. Undefined: it says
 * something else.
 */
function healthIn(status: string): string | undefined {
  const [sentence, health = ''] =
    /^Up [^()]+?(?: \((?:(healthy|unhealthy)|health: (starting))\))?$/
      .exec(status)
      ?.filter((group) => group !== undefined) ?? [];
  return sentence === undefined ? undefined : health;
}

/** One line for each place that a port is published at, or one without a place. */
function portsOf(lines: readonly unknown[]): readonly ExposedPort[] {
  const found = new Map<string, ExposedPort & { readonly bindings: Binding[] }>();
  for (const line of lines) {
    const written = fields(line);
    const [port, at] = [written.get('PrivatePort'), written.get('PublicPort')];
    const protocol = text(written.get('Type')) || 'tcp';
    if (typeof port !== 'number') continue;
    const key = `${port}/${protocol}`;
    const known = found.get(key) ?? { port, protocol, bindings: [] };
    found.set(key, known);
    if (typeof at === 'number') known.bindings.push({ host: text(written.get('IP')), port: at });
  }
  return [...found.values()].sort(byPort);
}
