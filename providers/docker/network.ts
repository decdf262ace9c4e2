import type { Finding } from '../../src/config/diagnostic.js';
import { joinLine, nounOf, placeOf } from './finding.js';
import type { Attachment, Container } from './inspected.js';
import { projectOf, writtenKey } from './label-keys.js';

/** Where Sluice itself runs, as far as that decides which servers it can reach (D11). */
export type Surroundings =
  /** On the machine itself, or in a container on its network. */
  | { readonly kind: 'host' }
  /** In a container on these networks. */
  | {
      readonly kind: 'container';
      readonly name: string;
      /** The Swarm service that it is a task of. */
      readonly service?: string;
      readonly networks: ReadonlyMap<string, Attachment>;
    }
  /** Not on the machine of this engine, as far as is known. */
  | { readonly kind: 'elsewhere' }
  /** In a container, but which one could not be found out. */
  | { readonly kind: 'unknown'; readonly reason: string };

export interface NetworkContext {
  /** The label's network; '' says: none in particular (DKR-8). */
  readonly label: string | undefined;
  /** The provider's network. */
  readonly option: string;
  readonly surroundings: Surroundings;
  /** The container whose network this one uses (`container:x`), if it does. */
  readonly base: Container | undefined;
  /** Where the options of this engine stand. */
  readonly section: string;
  /** What that container's own label names. */
  readonly baseLabel: string | undefined;
  /** The machine's address as seen from a container, where its name can be resolved. */
  readonly hostAddress: string | undefined;
}

export type HostChoice =
  /** `host` is without brackets; `why` it is that one, as said to who asks. */
  | {
      readonly ok: true;
      readonly host: string;
      readonly why: string;
      readonly findings: readonly Finding[];
    }
  | { readonly ok: false; readonly finding: Finding; readonly findings: readonly Finding[] };

/** The address at which a container is reached, and why this one (D11, DKR-30 to DKR-37). */
export function chooseHost(container: Container, context: NetworkContext): HostChoice {
  const { base, baseLabel, label, option } = context;
  const { networkMode } = container;
  if (networkMode === 'host') return onHost(container, context);
  if (!networkMode.startsWith('container:')) {
    return chooseNetwork(container, container, label ?? option, context);
  }
  if (base === undefined) {
    return unreachable(
      container,
      `it uses the network of another container (${networkMode}), which cannot be inspected`,
      'start that container first',
    );
  }
  if (base.networkMode === 'host') return onHost(container, context);
  // DKR-32: the other container's label is asked first.
  return chooseNetwork(container, base, baseLabel ?? label ?? option, context);
}

/** DKR-31. */
function onHost(
  container: Container,
  { surroundings, hostAddress, section }: NetworkContext,
): HostChoice {
  const why = 'it is on the network of the machine';
  if (hostAddress !== undefined) return { ok: true, host: hostAddress, why, findings: [] };
  if (container.swarm !== undefined) {
    return unreachable(
      container,
      'it is on the network of its node, whose address is not known',
      'start that node with docker swarm join --advertise-addr',
    );
  }
  if (surroundings.kind === 'elsewhere') {
    return unreachable(
      container,
      'it is on the network of its machine, which is another one, and whose address is not known',
      `write ${section}.hostAddress`,
    );
  }
  if (surroundings.kind !== 'container') return { ok: true, host: '127.0.0.1', why, findings: [] };
  return unreachable(
    container,
    `it is on the host network, and Sluice's own container "${surroundings.name}" knows no name for the machine`,
    `start ${surroundings.name} with --add-host host.docker.internal:host-gateway`,
  );
}

/** `attached` is the container whose networks they are. */
function chooseNetwork(
  container: Container,
  attached: Container,
  wanted: string,
  context: NetworkContext,
): HostChoice {
  const choice = chooseAmong(container, attached, wanted, context);
  const { surroundings } = context;
  // Only a Swarm's networks are known to be closed to all who are not on them.
  return choice.ok && container.swarm !== undefined && surroundings.kind === 'unknown'
    ? { ...choice, findings: [...choice.findings, cutOff(container, surroundings.reason)] }
    : choice;
}

function chooseAmong(
  container: Container,
  attached: Container,
  wanted: string,
  context: NetworkContext,
): HostChoice {
  const { networks } = attached;
  const found = named(wanted, networks, projectOf(attached.labels));
  if (found !== undefined) return useNamed(container, networks, found, wanted, context);
  const findings = wanted === '' ? [] : [notAttached(container, networks, wanted, context)];
  return chooseFreely(container, networks, findings, context);
}

/** D11: Compose puts the project in front of a network's name; the short name is understood. */
function named(
  wanted: string,
  networks: ReadonlyMap<string, Attachment>,
  project: string | undefined,
): string | undefined {
  if (networks.has(wanted)) return wanted;
  const long = `${project ?? ''}_${wanted}`;
  return networks.has(long) ? long : undefined;
}

/** A network that somebody named is used, shared or not. */
function useNamed(
  container: Container,
  networks: ReadonlyMap<string, Attachment>,
  name: string,
  wanted: string,
  context: NetworkContext,
): HostChoice {
  const { surroundings } = context;
  const host = addressOn(networks.get(name));
  if (host === '') {
    return unreachable(
      container,
      `it has no address on network "${name}", which ${asker(context)} names`,
      'see that the container is connected to it',
    );
  }
  if (!isShared(surroundings, name, networks.get(name))) {
    const self = surroundings.kind === 'container' ? surroundings : { name: '' };
    const finding: Finding = {
      code: 'network-chosen',
      severity: 'warning',
      at: whereNamed(container, context),
      message: `network "${name}" is used, because ${asker(context)} names it, but Sluice's own container "${self.name}" is not on it`,
      value: wanted,
      fix: joinLine(name, self),
    };
    return { ok: true, host, why: finding.message, findings: [finding] };
  }
  const why = `network "${name}", because ${asker(context)} names it`;
  if (networks.size < 2 && name === wanted) return { ok: true, host, why, findings: [] };
  const how = name === wanted ? '' : ` (the Compose name of "${wanted}")`;
  const finding: Finding = {
    code: 'network-chosen',
    severity: 'info',
    at: whereNamed(container, context),
    message: `network "${name}"${how} is used, because ${asker(context)} names it`,
    value: wanted,
  };
  return { ok: true, host, why, findings: [finding] };
}

/** Nobody named a network that is there. */
function chooseFreely(
  container: Container,
  networks: ReadonlyMap<string, Attachment>,
  findings: readonly Finding[],
  { surroundings }: NetworkContext,
): HostChoice {
  const usable = [...networks].filter(([, network]) => addressOn(network) !== '').sort(inOrder);
  const shared = usable.filter(([name, network]) => isShared(surroundings, name, network));
  const [first] = shared;
  if (first === undefined) {
    const all = usable.map(([name]) => name);
    const [target] = all;
    if (target === undefined || surroundings.kind !== 'container') {
      return {
        ...unreachable(container, 'it has no address on any network', howToConnect(container)),
        findings,
      };
    }
    const answer = unreachable(
      container,
      `it is on ${list(all)}, and Sluice's own container "${surroundings.name}" is on ${list([...surroundings.networks.keys()].sort())}: they share no network`,
      joinLine(target, surroundings),
      all.map((name) => joinLine(name, surroundings)),
    );
    return { ...answer, findings };
  }
  const [name, network] = first;
  const host = addressOn(network);
  if (usable.length === 1) {
    return { ok: true, host, why: `network "${name}", the only one that it is on`, findings };
  }
  const finding: Finding = {
    code: 'network-chosen',
    severity: 'info',
    at: placeOf(container),
    message: `of its networks ${list(usable.map(([one]) => one))} "${name}" is used: ${reason(surroundings, shared.length)}`,
    value: name,
    fix: `write the label ${optionOf(container)} to choose another one`,
    suggestions: usable.map(([one]) => `${optionOf(container)}=${one}`),
  };
  return { ok: true, host, why: finding.message, findings: [...findings, finding] };
}

function reason(surroundings: Surroundings, shared: number): string {
  if (surroundings.kind === 'host') return 'the first by name, as all can be reached from here';
  if (surroundings.kind === 'elsewhere')
    return 'the first by name, as its engine is on another machine';
  if (surroundings.kind === 'unknown') return `the first by name, because ${surroundings.reason}`;
  return shared === 1
    ? `the one that Sluice's own container "${surroundings.name}" is on`
    : `the first by name of those that Sluice's own container "${surroundings.name}" is on`;
}

/** DKR-34. */
function notAttached(
  container: Container,
  networks: ReadonlyMap<string, Attachment>,
  wanted: string,
  context: NetworkContext,
): Finding {
  const names = [...networks.keys()].sort();
  const join = joinLine(wanted, { name: container.name, service: container.swarm?.name });
  return {
    code: 'network-chosen',
    severity: 'warning',
    at: whereNamed(container, context),
    message: `the ${nounOf(container)} is not on network "${wanted}", which ${asker(context)} names`,
    value: wanted,
    fix: names.length === 0 ? join : `write one of ${names.join(', ')}, or ${join}`,
    suggestions: names,
  };
}

const cutOff = (container: Container, reason: string): Finding => ({
  code: 'network-chosen',
  severity: 'warning',
  at: placeOf(container),
  message: `the service may be out of reach: ${reason}, and an overlay network reaches only the containers on it`,
  fix: 'run Sluice as a service or a container on that network; or publish the port with mode=host, and switch useBindPortIP on',
});

/** DKR-36. */
const addressOn = (network: Attachment | undefined) => network?.ipv4 || network?.ipv6 || '';

/** Names are only unique by habit; where the engine says ids, these decide. */
function isShared(
  surroundings: Surroundings,
  name: string,
  theirs: Attachment | undefined,
): boolean {
  if (surroundings.kind !== 'container') return true;
  const ours = surroundings.networks.get(name);
  if (ours === undefined || theirs === undefined) return false;
  return ours.id === theirs.id || ours.id === '' || theirs.id === '';
}

/** Who asked for a network. */
function asker({ label, baseLabel, option }: NetworkContext): string {
  if (baseLabel !== undefined) return 'the label of the container whose network it uses';
  return label === undefined ? `the provider's option (network=${option})` : 'the label';
}

function whereNamed(container: Container, { label, baseLabel }: NetworkContext) {
  const isOwn = label !== undefined && baseLabel === undefined;
  return placeOf(container, isOwn ? optionOf(container) : '');
}

/** The label that names a network, as it is written, or is to be. */
const optionOf = ({ labels, swarm }: Container) =>
  swarm === undefined
    ? writtenKey(labels, 'docker.network')
    : writtenKey(labels, 'swarm.network', 'docker.network');

const howToConnect = ({ swarm }: Container) =>
  swarm === undefined
    ? 'connect it to a network'
    : 'connect it to an overlay network; or publish its port with mode=host, and switch useBindPortIP on';

const list = (names: readonly string[]) =>
  names.length === 0 ? 'none' : names.map((name) => `"${name}"`).join(', ');

/** By name, and what is there for published ports last. */
const inOrder = ([a, ours]: Member, [b, theirs]: Member) =>
  Number(ours.isMesh ?? false) - Number(theirs.isMesh ?? false) || (a < b ? -1 : 1);

type Member = readonly [name: string, network: Attachment];

function unreachable(
  container: Container,
  why: string,
  fix: string,
  suggestions: readonly string[] = [],
): Extract<HostChoice, { readonly ok: false }> {
  const finding: Finding = {
    code: 'no-address',
    severity: 'error',
    at: placeOf(container),
    message: `the ${nounOf(container)} cannot be reached: ${why}`,
    fix,
    ...(suggestions.length > 0 && { suggestions }),
  };
  return { ok: false, finding, findings: [] };
}
