import { isIP } from 'node:net';
import type { Diagnostic, Place } from '../../src/config/diagnostic.js';
import type { Inspected } from './client.js';

export type Finding = Omit<Diagnostic, 'provider' | 'object'>;

/** The container that Sluice runs in, if it runs in one. */
export interface Self {
  readonly name: string;
  /** Names of the bridge networks that it is on; empty on the host network. */
  readonly networks: ReadonlySet<string>;
}

export interface NetworkQuestion {
  readonly inspected: Inspected;
  /** By label; '' says: none in particular (DKR-8). */
  readonly label: string | undefined;
  /** By option of the provider. */
  readonly option: string;
  readonly project: string | undefined;
  readonly self: Self | undefined;
  /** The container of `network_mode: container:x`, if this one is. */
  readonly carrier: Inspected | undefined;
  readonly at: Place;
}

export interface NetworkAnswer {
  /** Without brackets; undefined: it cannot be reached, and a finding says why. */
  readonly host: string | undefined;
  readonly findings: readonly Finding[];
}

/** The address of a container, and why this one (D11, DKR-30 to DKR-37). */
export function addressOf(question: NetworkQuestion): NetworkAnswer {
  const { inspected, carrier, self } = question;
  const mode = inspected.HostConfig.NetworkMode ?? '';
  if (mode === 'host') {
    const host = self && self.networks.size > 0 ? 'host.docker.internal' : '127.0.0.1';
    return { host, findings: [] };
  }
  if (mode.startsWith('container:')) {
    if (carrier) return addressOf({ ...question, inspected: carrier, carrier: undefined });
    return unreachable(
      question,
      `the container whose network it uses (${mode}) cannot be inspected`,
      'start that container',
    );
  }
  return chosen(question);
}

function chosen(question: NetworkQuestion): NetworkAnswer {
  const { inspected, label, option, self, at } = question;
  const networks = new Map(Object.entries(inspected.NetworkSettings.Networks));
  const names = [...networks.keys()].sort();
  const findings: Finding[] = [];
  const use = (name: string): NetworkAnswer => {
    const network = networks.get(name);
    const host = network?.IPAddress || network?.GlobalIPv6Address || '';
    if (isIP(host) !== 0) return { host, findings };
    const answer = unreachable(
      question,
      `it has no address on network "${name}"`,
      'see that the container runs and is connected',
    );
    return { ...answer, findings: [...findings, ...answer.findings] };
  };

  const wanted = label ?? option;
  const named = wanted === '' ? undefined : findNamed(wanted, question.project, networks);
  const isShared = (name: string) =>
    self === undefined || self.networks.size === 0 || self.networks.has(name);
  if (named !== undefined) {
    if (!isShared(named)) {
      findings.push(notShared(question, named, self?.name ?? ''));
    }
    return use(named);
  }
  if (wanted !== '') {
    findings.push({
      code: 'network-chosen',
      severity: 'warning',
      at,
      message: `the container is not on network "${wanted}", so another one is used`,
      value: wanted,
      fix: names.length === 0 ? 'connect it' : `write one of ${names.join(', ')}`,
      suggestions: names,
    });
  }
  const usable = names.filter(isShared);
  const [first] = usable;
  if (first === undefined) {
    const target = names[0];
    if (target === undefined)
      return unreachable(question, 'it is on no network', 'connect it to a network');
    const fix = `run: docker network connect ${target} ${self?.name ?? 'sluice'}`;
    return unreachable(
      question,
      `it shares no network with Sluice's own container (it is on ${names.join(', ')})`,
      fix,
    );
  }
  if (usable.length > 1) {
    findings.push({
      code: 'network-chosen',
      severity: 'info',
      at,
      message: `of the networks ${usable.join(', ')} the first by name is used: ${first}`,
      fix: `write traefik.docker.network=${first} to make that certain`,
      suggestions: usable,
    });
  }
  return use(first);
}

/** Compose puts the project in front of a network's name: the short name is understood (D11). */
function findNamed(
  wanted: string,
  project: string | undefined,
  networks: ReadonlyMap<string, unknown>,
): string | undefined {
  if (networks.has(wanted)) return wanted;
  const long = `${project ?? ''}_${wanted}`;
  return project !== undefined && networks.has(long) ? long : undefined;
}

function notShared({ at }: NetworkQuestion, network: string, self: string): Finding {
  return {
    code: 'network-chosen',
    severity: 'warning',
    at,
    message: `Sluice's own container is not on network "${network}", which was asked for`,
    value: network,
    fix: `run: docker network connect ${network} ${self}`,
  };
}

function unreachable({ at }: NetworkQuestion, message: string, fix: string): NetworkAnswer {
  return {
    host: undefined,
    findings: [{ code: 'no-address', severity: 'error', at, message, fix }],
  };
}
