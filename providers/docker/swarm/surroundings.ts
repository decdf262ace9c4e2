import { BlockList, isIP, isIPv6 } from 'node:net';
import type { Attachment } from '../inspected.js';
import type { Surroundings } from '../network.js';
import type { OwnMarks } from '../self.js';
import type { Cluster } from './api.js';
import { taskName } from './members.js';
import type { SwarmNetwork } from './read.js';

/** Engines name a container by no fewer characters of its id. */
const SHORTEST_ID = 12;

/**
 * On which networks Sluice itself is: those that its own addresses are in, whatever node it runs on. A
 * Swarm gives each subnet once.
 */
export function surroundingsIn(
  { networks, tasks, services }: Cluster,
  { addresses, candidates }: Pick<OwnMarks, 'addresses' | 'candidates'>,
): Surroundings {
  const own = networks.filter((network) => isOn(network, addresses));
  const task = tasks.find(({ containerId }) =>
    candidates.some((one) => one.length >= SHORTEST_ID && containerId.startsWith(one)),
  );
  const service = services.find(({ id }) => id === task?.service);
  if (own.length === 0 && service === undefined) {
    const reason = "none of Sluice's own addresses is on a network of this Swarm";
    return { kind: 'unknown', reason };
  }
  return {
    kind: 'container',
    name: task && service ? taskName(service, task) : (candidates.at(-1) ?? ''),
    ...(service && { service: service.name }),
    networks: new Map(own.map(({ id, name }): [string, Attachment] => [name, { ...NOWHERE, id }])),
  };
}

/** Its own addresses there are of no use to anybody. */
const NOWHERE = { ipv4: '', ipv6: '' };

function isOn({ subnets }: SwarmNetwork, addresses: ReadonlySet<string>): boolean {
  const within = new BlockList();
  for (const subnet of subnets) {
    const [, address = '', prefix = ''] = /^([\d.]+|[\da-fA-F:]+)\/(\d{1,3})$/.exec(subnet) ?? [];
    const isSubnet = isIP(address) !== 0 && Number(prefix) <= (isIPv6(address) ? 128 : 32);
    if (isSubnet) within.addSubnet(address, Number(prefix), familyOf(address));
  }
  return [...addresses].some((one) => within.check(one, familyOf(one)));
}

const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');
