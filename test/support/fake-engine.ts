import { PassThrough } from 'node:stream';
import { EngineError, type DockerApi } from '../../providers/docker/api.js';
import type { DockerOutside } from '../../providers/docker/docker.js';
import { readContainer } from '../../providers/docker/inspected.js';
import { readListed } from '../../providers/docker/listed.js';
import type { SessionTimes } from '../../providers/docker/session.js';
import { idOf, inspection, listing, type ContainerSketch } from './docker.js';

/** An engine that lives in the test: containers that can be changed, and what was asked about them. */
export class FakeEngine {
  /** `list`, `events`, `inspect NAME`, in order. */
  readonly asked: string[] = [];
  /** Inspections of these names fail. */
  readonly failing = new Map<string, Error>();
  /** What the next lists say instead of the truth. */
  readonly lists: (readonly string[])[] = [];
  /** Its list tells what an inspection tells, as that of Docker's own engine. */
  isWhole = true;
  readonly #containers = new Map<string, ContainerSketch>();
  #events: PassThrough | undefined;

  constructor(...sketches: readonly (ContainerSketch & { readonly name: string })[]) {
    for (const sketch of sketches) this.put(sketch);
  }

  /** Adds a container, or puts another in the place of the one of that name. */
  put(sketch: ContainerSketch & { readonly name: string }): void {
    this.#containers.set(sketch.name, sketch);
  }

  remove(name: string): void {
    this.#containers.delete(name);
  }

  /** Tells of a container, as the engine does. */
  emit(
    action: string,
    name: string,
    rest: Readonly<Record<string, string>> = {},
    at?: string,
  ): void {
    const Attributes = { name, image: 'x', ...rest, ...this.#containers.get(name)?.labels };
    const timeNano = at === undefined ? undefined : Date.parse(at) * 1e6;
    const Actor = { ID: idOf(name), Attributes };
    this.write(JSON.stringify({ Type: 'container', Action: action, Actor, timeNano }));
  }

  emitNetwork(action: string, network: string, name: string): void {
    const Actor = { ID: idOf(network), Attributes: { container: idOf(name), name: network } };
    this.write(JSON.stringify({ Type: 'network', Action: action, Actor }));
  }

  /** A line of the event stream, or several. */
  write(text: string): void {
    this.#events?.write(`${text}\n`);
  }

  /** Breaks the event stream off, as an engine does that is killed. */
  hangUp(): void {
    this.#events?.destroy(new Error('aborted'));
  }

  /** Ends the event stream, as an engine does that stops. */
  endEvents(): void {
    this.#events?.end();
  }

  #find(reference: string): ContainerSketch | undefined {
    return [...this.#containers.values()].find(({ name = '' }) =>
      [name, idOf(name)].includes(reference),
    );
  }

  readonly api: DockerApi = {
    atOnce: 4,
    list: async () => {
      this.asked.push('list');
      const names = this.lists.shift() ?? [...this.#containers.keys()];
      return readListed(
        names.map((name) => listing({ ...this.#containers.get(name), name })),
        this.isWhole,
      );
    },
    inspect: async (reference) => {
      const sketch = this.#find(reference);
      this.asked.push(`inspect ${sketch?.name ?? reference}`);
      const failure = this.failing.get(sketch?.name ?? '');
      if (failure) throw failure;
      return sketch && readContainer(inspection(sketch));
    },
    events: async () => {
      this.asked.push('events');
      this.#events = new PassThrough();
      return this.#events;
    },
  };

  /** What the provider reaches in place of the world: by default it runs on the machine itself. */
  outside(
    rest: Partial<Omit<DockerOutside, 'times'>> & { readonly times?: Partial<SessionTimes> } = {},
  ): DockerOutside {
    return {
      connect: async () => this.api,
      marks: () => ({ candidates: [], isContained: false, addresses: new Set() }),
      resolve: async (name) => {
        throw new Error(`${name} is not known`);
      },
      ...rest,
      times: {
        fullList: 3_600_000,
        settle: 3_600_000,
        confirmEmpty: 10,
        retryInspect: 10,
        eventDelay: 10,
        stopGrace: 3_600_000,
        steady: 3_600_000,
        ...rest.times,
      },
    };
  }
}

/** As the engine's refusal of one inspection. */
export const refusal = () => new EngineError('GET /containers/x/json: (HTTP code 500)');
