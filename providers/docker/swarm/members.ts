import { isIPv6 } from 'node:net';
import { labelsOf } from '../container-options.js';
import type { Attachment, Container, ExposedPort } from '../inspected.js';
import { isOurs } from '../label-keys.js';
import type { Cluster } from './api.js';
import type { SwarmNode, SwarmService, Task } from './read.js';
import { wantsVirtualAddress } from './service-options.js';

/** What connections of a service can go to, as a container. */
export interface Member {
  readonly container: Container;
  /** Of its node. */
  readonly hostAddress: string | undefined;
}

/**
 * The services that have labels of ours: each of its running tasks; or the service as a whole, where its
 * virtual address is asked for, or nobody runs.
 */
export function membersOf(cluster: Cluster, provider: string): readonly Member[] {
  const nodes = new Map(cluster.nodes.map((node) => [node.id, node]));
  const tasks = new Map<string, Task[]>();
  for (const task of cluster.tasks) {
    const others = tasks.get(task.service);
    if (others) others.push(task);
    else tasks.set(task.service, [task]);
  }
  const networks = new Map(cluster.networks.map((network) => [network.id, network]));
  return cluster.services
    .filter(({ labels }) => [...labels.keys()].some(isOurs))
    .flatMap((service) => {
      const own = tasks.get(service.id) ?? [];
      const running = own.filter((task) => isReady(task, nodes));
      if (running.length === 0) return [wholeOf(service, new Map(), whyIdle(service, own))];
      const virtual = new Map(
        service.virtualAddresses.flatMap(({ network, address }) => {
          const known = networks.get(network);
          return known === undefined || address === ''
            ? []
            : [[known.name, attachmentOf({ ...known, addresses: [address] })] as const];
        }),
      );
      const whole = wholeOf(service, virtual, undefined);
      const isWhole = virtual.size > 0 && wantsVirtualAddress(labelsOf(whole.container), provider);
      return isWhole
        ? [whole]
        : running.map((task) => memberOf(service, task, nodes.get(task.node)));
    });
}

/** How people call a task. */
export const taskName = (service: SwarmService, { slot, id }: Task) =>
  `${service.name}.${slot > 0 ? slot : id}`;

/** A node that is down takes its tasks with it before anybody says so of them. */
function isReady({ state, node }: Task, nodes: ReadonlyMap<string, SwarmNode>): boolean {
  return state === 'running' && nodes.get(node)?.isDown === false;
}

function whyIdle({ replicas }: SwarmService, tasks: readonly Task[]): string {
  if (replicas === 0) return 'it is scaled to 0';
  if (tasks.length === 0) return 'it has no task';
  const states = [...new Set(tasks.map(({ state }) => state))].sort().join(', ');
  const problem = tasks.find((task) => task.problem !== '')?.problem;
  const why = problem === undefined ? '' : `: ${problem}`;
  return states === 'running'
    ? 'the nodes of its tasks are down'
    : `none of its tasks runs (${states}${why})`;
}

/** What all members of a service have in common. Their age at a conflict of names is the service's (D10). */
const common = ({ createdAt, labels }: SwarmService) => ({
  labels,
  startedAt: createdAt,
  status: 'running',
  health: '',
  stopSignal: 'SIGTERM',
  stopTimeout: Infinity,
});

function wholeOf(
  service: SwarmService,
  networks: ReadonlyMap<string, Attachment>,
  idle: string | undefined,
): Member {
  const { id, name, ports } = service;
  const container: Container = {
    ...common(service),
    id,
    name,
    hostname: '',
    networkMode: '',
    networks,
    ports: ports.map((port) => ({ ...port, bindings: [] })),
    swarm: { id, name, isWhole: true, idle },
  };
  return { container, hostAddress: undefined };
}

function memberOf(service: SwarmService, task: Task, node: SwarmNode | undefined): Member {
  const address = node?.address || undefined;
  const isOnHost = task.attachments.some(({ isHost }) => isHost);
  const container: Container = {
    ...common(service),
    id: task.id,
    name: taskName(service, task),
    hostname: task.containerId.slice(0, 12),
    networkMode: isOnHost ? 'host' : '',
    networks: new Map(task.attachments.map((one) => [one.name, attachmentOf(one)])),
    ports: service.ports.map((port) => published(port, task, address)),
    swarm: { id: service.id, name: service.name, isWhole: false, idle: undefined },
  };
  return { container, hostAddress: isOnHost ? address : undefined };
}

function published(
  { port, protocol }: SwarmService['ports'][number],
  task: Task,
  address: string | undefined,
): ExposedPort {
  const found = task.published.find((one) => one.port === port && one.protocol === protocol);
  const isKnown = found !== undefined && address !== undefined;
  return { port, protocol, bindings: isKnown ? [{ host: address, port: found.at }] : [] };
}

function attachmentOf({
  id,
  addresses,
  isMesh,
}: Pick<Task['attachments'][number], 'id' | 'addresses' | 'isMesh'>): Attachment {
  return {
    id,
    ipv4: addresses.find((address) => !isIPv6(address)) ?? '',
    ipv6: addresses.find(isIPv6) ?? '',
    ...(isMesh && { isMesh }),
  };
}
