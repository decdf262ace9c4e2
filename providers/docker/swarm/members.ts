import { isIPv6 } from 'node:net';
import type { Diagnostic } from '../../../src/config/diagnostic.js';
import { labelsOf } from '../container-options.js';
import type { Attachment, Container, ExposedPort, SwarmOrigin } from '../inspected.js';
import { isOurs } from '../label-keys.js';
import type { Cluster } from './api.js';
import type { SwarmNetwork, SwarmNode, SwarmService, Task } from './read.js';
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
export function* membersOf(cluster: Cluster, provider: string): Generator<Member> {
  const nodes = new Map(cluster.nodes.map((node) => [node.id, node]));
  const networks = new Map(cluster.networks.map((network) => [network.id, network]));
  const tasks = new Map<string, Task[]>();
  for (const task of cluster.tasks) {
    const others = tasks.get(task.service);
    if (others) others.push(task);
    else tasks.set(task.service, [task]);
  }
  for (const service of cluster.services) {
    if (![...service.labels.keys()].some(isOurs)) continue;
    const own = tasks.get(service.id) ?? [];
    const running = own.filter((task) => isReady(task, nodes));
    if (running.length === 0) {
      yield wholeOf(service, new Map(), whyIdle(service, own));
      continue;
    }
    const whole = wholeOf(service, virtualAddresses(service, networks), undefined);
    const { container } = whole;
    const isWhole =
      container.networks.size > 0 && wantsVirtualAddress(labelsOf(container), provider);
    if (isWhole) yield whole;
    else for (const task of running) yield memberOf(service, task, nodes.get(task.node));
  }
}

function virtualAddresses(
  service: SwarmService,
  networks: ReadonlyMap<string, SwarmNetwork>,
): ReadonlyMap<string, Attachment> {
  const found = new Map<string, Attachment>();
  for (const { network, address } of service.virtualAddresses) {
    const known = networks.get(network);
    if (known === undefined || address === '') continue;
    found.set(known.name, attachmentOf({ ...known, addresses: [address] }));
  }
  return found;
}

/** Services whose routes stand where nobody reads them: a stack file has two places for labels. */
export function strayLabels({ services }: Cluster, provider: string): readonly Diagnostic[] {
  return services.flatMap(({ id, name, labels, astray }) => {
    if (astray === undefined || [...labels.keys()].some(isOurs)) return [];
    return [
      {
        code: 'misplaced',
        severity: 'info',
        provider,
        object: { kind: 'swarmService', name },
        at: { kind: 'label', container: name, containerId: id, key: astray, isService: true },
        message: 'it is a label of the containers: the routes of a Swarm are those of its services',
        fix: 'write it under deploy.labels in a stack file, or with docker service update --label-add',
      },
    ];
  });
}

/** How people call a task. */
export const taskName = (service: SwarmService, { slot, id }: Task) =>
  `${service.name}.${slot > 0 ? slot : id}`;

/** A node that is down takes its tasks with it before anybody says so of them. */
function isReady({ state, node }: Task, nodes: ReadonlyMap<string, SwarmNode>): boolean {
  return state === 'running' && nodes.get(node)?.isDown === false;
}

/** Their states change all the time where something is wrong: these are no part of the sentence. */
function whyIdle(
  { replicas }: SwarmService,
  tasks: readonly Task[],
): NonNullable<SwarmOrigin['idle']> {
  if (replicas === 0) return { why: 'it is scaled to 0', states: '' };
  if (tasks.length === 0) return { why: 'it has no task', states: '' };
  const isRunning = tasks.every(({ state }) => state === 'running');
  const said = tasks.map(({ state, problem }) => (problem === '' ? state : `${state}: ${problem}`));
  return {
    why: isRunning ? 'the nodes of its tasks are down' : 'none of its tasks runs',
    states: [...new Set(said)].sort().join('; '),
  };
}

/** What all members of a service have in common. Their age at a conflict of names is the service's (D10). */
const common = ({ createdAt, labels }: SwarmService) => ({
  labels,
  createdAt,
  status: 'running',
  health: '',
  life: undefined,
});

function wholeOf(
  service: SwarmService,
  networks: ReadonlyMap<string, Attachment>,
  idle: SwarmOrigin['idle'],
): Member {
  const { id, name, ports } = service;
  const container: Container = {
    ...common(service),
    id,
    name,
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
