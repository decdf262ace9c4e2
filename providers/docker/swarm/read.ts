import { fields, type Fields, list, mapped, text, time } from '../inspected.js';

/** A service of a Swarm, as the engine shows it. Only members that are stable since API 1.24 (D14). */
export interface SwarmService {
  readonly id: string;
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  /** In ms since the epoch. */
  readonly createdAt: number | undefined;
  /** Undefined: one task on each node, or a job. */
  readonly replicas: number | undefined;
  /** That it publishes, as its tasks have them. */
  readonly ports: readonly { readonly port: number; readonly protocol: string }[];
  /** A label of ours that its containers have: those of the service count. */
  readonly astray: string | undefined;
  /** One task after the other is replaced now. */
  readonly isUpdating: boolean;
  readonly virtualAddresses: readonly { readonly network: string; readonly address: string }[];
}

/** One container of a service, on one of the nodes. */
export interface Task {
  readonly id: string;
  readonly service: string;
  readonly node: string;
  /** From 1; 0: its service runs once on each node. */
  readonly slot: number;
  /** `running` once its health check, if it has one, has succeeded. */
  readonly state: string;
  /** Why it cannot run; empty if nobody knows. */
  readonly problem: string;
  /** Empty before there is one. */
  readonly containerId: string;
  readonly attachments: readonly {
    /** Of the network. */
    readonly id: string;
    readonly name: string;
    readonly addresses: readonly string[];
    readonly isMesh: boolean;
    /** The network of its node. */
    readonly isHost: boolean;
  }[];
  /** Ports of its node that lead to it alone (`mode=host`). */
  readonly published: readonly {
    readonly port: number;
    readonly protocol: string;
    readonly at: number;
  }[];
}

export interface SwarmNode {
  readonly id: string;
  /** Empty if nobody knows it. */
  readonly address: string;
  readonly isDown: boolean;
}

/** A network that reaches over all nodes. */
export interface SwarmNetwork {
  readonly id: string;
  readonly name: string;
  readonly isMesh: boolean;
  /** `10.0.1.0/24`. */
  readonly subnets: readonly string[];
}

export const readServices = (json: unknown): readonly SwarmService[] =>
  list(json, 'services').flatMap((one) => {
    const root = fields(one);
    const spec = fields(root.get('Spec'));
    const id = text(root.get('ID'));
    const name = text(spec.get('Name'));
    if (id === '' || name === '') return [];
    return [
      {
        id,
        name,
        labels: mapped(spec.get('Labels'), text),
        createdAt: time(text(root.get('CreatedAt'))),
        astray: astray(fields(fields(spec.get('TaskTemplate')).get('ContainerSpec')).get('Labels')),
        replicas: replicas(fields(spec.get('Mode')).get('Replicated')),
        ports: each(fields(spec.get('EndpointSpec')).get('Ports')).map((port) => ({
          port: number(port.get('TargetPort')),
          protocol: text(port.get('Protocol')),
        })),
        isUpdating: ['updating', 'rollback_started'].includes(
          text(fields(root.get('UpdateStatus')).get('State')),
        ),
        virtualAddresses: each(fields(root.get('Endpoint')).get('VirtualIPs')).map((virtual) => ({
          network: text(virtual.get('NetworkID')),
          address: withoutPrefix(text(virtual.get('Addr'))),
        })),
      },
    ];
  });

export const readTasks = (json: unknown): readonly Task[] =>
  list(json, 'tasks').flatMap((one) => {
    const root = fields(one);
    const status = fields(root.get('Status'));
    const id = text(root.get('ID'));
    const service = text(root.get('ServiceID'));
    if (id === '' || service === '') return [];
    return [
      {
        id,
        service,
        node: text(root.get('NodeID')),
        slot: number(root.get('Slot')),
        state: text(status.get('State')),
        problem: text(status.get('Err')),
        containerId: text(fields(status.get('ContainerStatus')).get('ContainerID')),
        attachments: each(root.get('NetworksAttachments')).map(attachment),
        published: each(fields(status.get('PortStatus')).get('Ports'))
          .filter((port) => text(port.get('PublishMode')) === 'host')
          .map((port) => ({
            port: number(port.get('TargetPort')),
            protocol: text(port.get('Protocol')),
            at: number(port.get('PublishedPort')),
          })),
      },
    ];
  });

export const readNodes = (json: unknown): readonly SwarmNode[] =>
  list(json, 'nodes').map((one) => {
    const root = fields(one);
    const status = fields(root.get('Status'));
    const own = text(status.get('Addr'));
    const manager = text(fields(root.get('ManagerStatus')).get('Addr'));
    // A manager may know itself by no better name.
    const isUnknown = own === '' || own === '0.0.0.0' || own === '::';
    const address = isUnknown ? manager.replace(/:\d+$/, '').replace(/^\[|\]$/g, '') : own;
    return { id: text(root.get('ID')), address, isDown: text(status.get('State')) === 'down' };
  });

export const readNetworks = (json: unknown): readonly SwarmNetwork[] =>
  list(json, 'networks').flatMap((one) => {
    const root = fields(one);
    if (text(root.get('Scope')) !== 'swarm') return [];
    return [
      {
        id: text(root.get('Id')),
        name: text(root.get('Name')),
        isMesh: root.get('Ingress') === true,
        subnets: each(fields(root.get('IPAM')).get('Config')).map((config) =>
          text(config.get('Subnet')),
        ),
      },
    ];
  });

function attachment(json: Fields): Task['attachments'][number] {
  const network = fields(json.get('Network'));
  const spec = fields(network.get('Spec'));
  const addresses = json.get('Addresses');
  return {
    id: text(network.get('ID')),
    name: text(spec.get('Name')),
    addresses: Array.isArray(addresses) ? addresses.map((one) => withoutPrefix(text(one))) : [],
    isMesh: spec.get('Ingress') === true,
    isHost: text(fields(network.get('DriverState')).get('Name')) === 'host',
  };
}

const replicas = (json: unknown): number | undefined =>
  json === undefined ? undefined : number(fields(json).get('Replicas'));

const astray = (labels: unknown): string | undefined =>
  fields(labels)
    .names()
    .find((key) => /^(?:traefik|sluice)\.tcp\./i.test(key));

/** A list that engines leave out, or null, when it is empty. */
const each = (json: unknown): readonly Fields[] => (Array.isArray(json) ? json.map(fields) : []);

const number = (json: unknown): number => (typeof json === 'number' ? json : 0);

/** `10.0.1.4/24`. */
const withoutPrefix = (address: string) => address.replace(/\/\d+$/, '');
