import type { Finding } from '../../src/config/diagnostic.js';
import { isIP } from 'node:net';
import { servicePort } from '../../src/config/decode/service-names.js';
import type { ServerAddress } from '../../src/config/labelled.js';
import type { DockerConfig } from '../../src/config/static.js';
import type { Step, TellStep } from '../../src/config/story.js';
import { containerOptions, labelsOf } from './container-options.js';
import { placeOf } from './finding.js';
import type { Container } from './inspected.js';
import { chooseHost, type HostChoice, type NetworkContext } from './network.js';
import { exposedPort, publishedAt, type PortChoice } from './port.js';

export interface LocatorContext extends Pick<
  NetworkContext,
  'surroundings' | 'base' | 'hostAddress'
> {
  readonly provider: string;
  readonly options: Pick<DockerConfig, 'network' | 'useBindPortIP' | 'hostAddress' | 'section'>;
  /** Somebody asks for the reasons. */
  readonly tell?: TellStep | undefined;
}

/** Finds the servers of one container's services. Its network is chosen once, and only if one is needed. */
export class Locator {
  readonly #container: Container;
  readonly #context: LocatorContext;
  /** The network that the container's label names. */
  readonly #label: string | undefined;
  #host: HostChoice | undefined;
  #isPublished: boolean | undefined;
  readonly #unread: Finding[] = [];

  constructor(container: Container, context: LocatorContext, label: string | undefined) {
    this.#container = container;
    this.#context = context;
    this.#label = label;
  }

  /** What was found about the container itself on the way. */
  get findings(): readonly Finding[] {
    const unpublished = this.#isPublished === false ? [notPublished(this.#container)] : [];
    return [...unpublished, ...this.#unread, ...(this.#host?.findings ?? [])];
  }

  /** DKR-28 to DKR-37. `written` is the port that a label says. */
  serverAt(written: string | undefined, service: string): ServerAddress {
    const choice: PortChoice | { readonly ok: true; readonly port: string } =
      written === undefined ? exposedPort(this.#container, service) : { ok: true, port: written };
    if (!choice.ok) return this.#withoutPort(choice.finding);
    const findings = 'findings' in choice ? choice.findings : [];
    const { port } = choice;
    const why = 'why' in choice ? choice.why : `the label of service "${service}" says so`;
    this.#tell('port', `${port}: ${why}`);
    const published = this.#published(String(port));
    if (published !== undefined) {
      const where = `${published}: published there, which useBindPortIP asks for`;
      return this.#server(published, service, where, findings);
    }
    this.#host ??= this.#choseHost();
    if (!this.#host.ok) return { kind: 'none', finding: this.#host.finding };
    const address = joined(this.#host.host, port);
    return this.#server(address, service, address, findings);
  }

  #server(
    address: string,
    service: string,
    where: string,
    findings: readonly Finding[],
  ): ServerAddress {
    this.#tell('server', `${where} of service "${service}"`);
    return { kind: 'address', address, findings };
  }

  #withoutPort(finding: Finding): ServerAddress {
    const isUnread = this.#container.isImageUnread && this.#container.networkMode !== 'host';
    const said = isUnread ? unread(finding) : finding;
    this.#tell('port', said.message);
    if (!isUnread) return { kind: 'none', finding };
    this.#unread.push(said);
    return { kind: 'withheld' };
  }

  #tell(choice: Step['choice'], text: string): void {
    this.#context.tell?.({ choice, text });
  }

  #published(port: string): string | undefined {
    const { options, surroundings } = this.#context;
    // A virtual address stands for many nodes.
    if (!options.useBindPortIP || this.#container.swarm?.isWhole === true) return undefined;
    const number = /^\d+$/.test(port) ? Number(port) : servicePort(port);
    const binding =
      number === undefined
        ? undefined
        : publishedAt(this.#container, number, {
            hostAddress: options.hostAddress,
            isElsewhere: surroundings.kind === 'elsewhere',
          });
    this.#isPublished = binding !== undefined;
    return binding && joined(binding.host, binding.port);
  }

  #choseHost(): HostChoice {
    const choice = this.#chooseHost();
    this.#tell('network', choice.ok ? choice.why : choice.finding.message);
    return choice;
  }

  #chooseHost(): HostChoice {
    const { provider, options, surroundings, base, hostAddress } = this.#context;
    return chooseHost(this.#container, {
      label: this.#label,
      option: options.network,
      surroundings,
      base,
      section: options.section,
      baseLabel: base && containerOptions(labelsOf(base), provider).network,
      hostAddress,
    });
  }
}

const joined = (host: string, port: number | string) =>
  isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;

const notPublished = (container: Container): Finding => ({
  code: 'guessed',
  severity: 'info',
  at: placeOf(container),
  message: 'its port is not published at one address of the machine, so its own address is used',
  fix:
    container.swarm === undefined
      ? 'publish the port at an address, such as -p 192.0.2.1:5432:5432, or switch useBindPortIP off'
      : 'publish the port with mode=host, or switch useBindPortIP off',
});

const unread = (finding: Finding): Finding => ({
  ...finding,
  severity: 'info',
  message: 'the compose file writes no TCP port, so the service needs one that its image exposes',
});
