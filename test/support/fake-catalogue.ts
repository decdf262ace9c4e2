import type { Answer, ConsulApi, Services } from '../../providers/consul/client.js';
import type { Instance } from '../../providers/consul/registered.js';

/** Something that waits at the agent for a change. */
interface Waiter {
  readonly index: number;
  readonly answer: () => void;
  readonly fail: (error: Error) => void;
}

const nowhere = () => Promise.reject(new Error('nobody asks for it here'));

/** A catalogue that lives in the test: its queries block as an agent's do, and it can die and come back. */
export class FakeCatalogue {
  /** `services 0`, `db 17`: what was asked and from which index on, in order. */
  readonly asked: string[] = [];
  /** Queries that wait for a change. */
  get waiting(): number {
    return this.#waiting.size;
  }
  hasLeader = true;
  isClosed = false;
  /** Queries of these services fail. */
  readonly failing = new Map<string, Error>();
  #index = 10;
  #services = new Map<string, readonly Instance[]>();
  readonly #speakers = new Map<string, readonly Instance[]>();
  #down: Error | undefined;
  readonly #waiting = new Set<Waiter>();

  readonly api: ConsulApi = {
    services: (index, signal) => this.#ask('services', index, signal, () => this.#names()),
    instances: (service, index, signal) =>
      this.#ask(service, index, signal, () => this.#services.get(service) ?? []),
    onConnect: (service, index, signal) =>
      this.#ask(`${service} on Connect`, index, signal, () => this.#speakers.get(service) ?? []),
    roots: nowhere,
    leaf: nowhere,
    close: () => {
      this.isClosed = true;
    },
  };

  put(service: string, ...instances: readonly Instance[]): void {
    this.#services.set(service, instances);
    this.#change();
  }

  /** Who speaks for the service on Connect. */
  putOnConnect(service: string, ...speakers: readonly Instance[]): void {
    this.#speakers.set(service, speakers);
    this.#change();
  }

  remove(service: string): void {
    this.#services.delete(service);
    this.#change();
  }

  /** It dies, and knows nothing any more. */
  die(): void {
    this.#down = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    this.#services = new Map();
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const { fail } of waiting) fail(this.#down);
  }

  /** It comes back with a younger index. */
  live(): void {
    this.#down = undefined;
    this.#index = 1;
  }

  #names(): Services {
    return new Map(
      [...this.#services].map(([name, instances]) => [
        name,
        [...new Set(instances.flatMap(({ tags }) => tags))],
      ]),
    );
  }

  #change(): void {
    this.#index += 1;
    for (const waiter of this.#waiting) if (waiter.index < this.#index) waiter.answer();
  }

  #ask<T>(what: string, index: number, signal: AbortSignal, read: () => T): Promise<Answer<T>> {
    this.asked.push(`${what} ${index}`);
    const failure = this.#down ?? this.failing.get(what);
    if (failure) return Promise.reject(failure);
    return new Promise((resolve, reject) => {
      const answer = () => {
        this.#waiting.delete(waiter);
        resolve({ value: read(), index: this.#index, hasLeader: this.hasLeader });
      };
      const waiter: Waiter = { index, answer, fail: reject };
      const isOver = index === 0 || index !== this.#index;
      if (isOver) answer();
      else {
        this.#waiting.add(waiter);
        signal.addEventListener('abort', () => {
          this.#waiting.delete(waiter);
          reject(new Error('given up'));
        });
      }
    });
  }
}
