import { existsSync, readFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import type { Container } from './inspected.js';
import type { Surroundings } from './network.js';
import { publishingOf, type Publishing } from './publishing.js';

/** What this process can tell of the container that it runs in, if it runs in one. */
export interface OwnMarks {
  /** Ids and names under which an engine may know that container, the surest first. */
  readonly candidates: readonly string[];
  readonly isContained: boolean;
  /** Of its own network interfaces. */
  readonly addresses: ReadonlySet<string>;
}

/** What is known of our own container. */
export interface Whereabouts {
  readonly surroundings: Surroundings;
  /** Ids of the containers that this depends on. */
  readonly ids: ReadonlySet<string>;
  /** Undefined: it has no ports of its own, or is not known. */
  readonly publishing?: Publishing;
}

const ELSEWHERE: Whereabouts = { surroundings: { kind: 'elsewhere' }, ids: new Set() };

export const ON_HOST: Whereabouts = { surroundings: { kind: 'host' }, ids: new Set() };

/**
 * Asks the engine about the container that Sluice runs in (D11). What the kernel says is only
 * believed if that container has an address of ours: its engine may be another one. Machines give their
 * containers the same addresses, so of one `elsewhere` only the id is believed.
 */
export async function whereabouts(
  inspect: (reference: string) => Promise<Container | undefined>,
  { candidates, isContained, addresses }: OwnMarks,
  elsewhere = false,
): Promise<Whereabouts> {
  for (const candidate of candidates) {
    const self = await inspect(candidate);
    if (self === undefined) continue;
    const base = baseOf(self);
    const carrier = base === undefined ? self : await inspect(base);
    if (carrier === undefined) continue;
    const ids = new Set([self.id, carrier.id]);
    const isOurs = self.id === candidate || isHostnameOf(self, candidate);
    if (elsewhere && !isOurs) continue;
    if (carrier.networkMode === 'host' && isOurs && isContained) return { ...ON_HOST, ids };
    const theirs = [...carrier.networks.values()].flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6]);
    if (!theirs.some((address) => addresses.has(address))) continue;
    const { networks } = carrier;
    return {
      surroundings: { kind: 'container', name: self.name, networks },
      ids,
      publishing: publishingOf(carrier),
    };
  }
  if (elsewhere) return ELSEWHERE;
  if (!isContained) return ON_HOST;
  const reason = "this engine does not know Sluice's own container";
  return { surroundings: { kind: 'unknown', reason }, ids: new Set() };
}

/** The container whose network this one uses, as `container:x` names it. */
export function baseOf({ networkMode }: Container): string | undefined {
  return networkMode.startsWith('container:') ? networkMode.slice('container:'.length) : undefined;
}

/** Unless somebody chose another one, the host name is the beginning of the id. */
const isHostnameOf = ({ id, life }: Container, candidate: string) =>
  life?.hostname === candidate && id.startsWith(candidate);

export function ownMarks(): OwnMarks {
  const ids = [
    ...idsInMounts(read('/proc/self/mountinfo')),
    ...idsInCgroup(read('/proc/self/cgroup')),
  ];
  const addresses = Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).filter(({ internal }) => !internal).map(({ address }) => address),
  );
  return {
    candidates: [...new Set([...ids, hostname()])].filter((word) => /^[\w][\w.-]*$/.test(word)),
    isContained: ids.length > 0 || existsSync('/.dockerenv') || existsSync('/run/.containerenv'),
    addresses: new Set(addresses),
  };
}

/**
 * Engines mount three files into every container, from a folder that is called after it. Only these:
 * on the machine itself the mounts of all containers are seen.
 */
export function idsInMounts(mountinfo: string): readonly string[] {
  const lines = mountinfo.matchAll(
    /^\S+ \S+ \S+ \S*\/([0-9a-f]{64})\/\S* \/etc\/(?:hostname|hosts|resolv\.conf) /gm,
  );
  return [...new Set([...lines].map(([, id = '']) => id))];
}

/** Control groups of version 1 are called after the container. */
export function idsInCgroup(cgroup: string): readonly string[] {
  const lines = cgroup.matchAll(/[/-]([0-9a-f]{64})(?:\.scope)?$/gm);
  return [...new Set([...lines].map(([, id = '']) => id))];
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not Linux, or hidden: then it is not known.
    return '';
  }
}
