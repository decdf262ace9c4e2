import { delay } from '../../src/async/delay.js';
import { Pulse } from '../../src/async/pulse.js';
import type { Provider, Snapshot } from '../../src/config/provider.js';
import type { DockerConfig } from '../../src/config/static.js';
import { connectDocker, type DockerApi, type EventStream } from './client.js';
import { Containers } from './containers.js';
import { changeOf } from './event.js';

/** Events are hints: whatever they missed is found by the next full list (D13). */
const FULL_LIST_MS = 60_000;
/** A list that is empty right after a reconnect may be an engine that has not loaded yet (D13). */
const CONFIRM_EMPTY_MS = 1_000;

type Connect = (config: DockerConfig, signal: AbortSignal) => Promise<DockerApi>;

/** Watches one Docker engine. What is known of its containers survives reconnects. */
export function dockerProvider(config: DockerConfig, connect: Connect = connectDocker): Provider {
  const name = 'docker';
  const containers = new Containers(config, name);
  return {
    name,
    async *watch(signal) {
      const api = await connect(config, signal);
      if (!config.watch) {
        yield await listed(api, containers, signal);
        return;
      }
      // Subscribe first: a container that starts before the listing must not be missed.
      const events = await api.events(signal);
      try {
        yield* changes(api, events, containers, signal);
      } finally {
        events.destroy();
      }
    },
  };
}

async function* changes(
  api: DockerApi,
  events: EventStream,
  containers: Containers,
  signal: AbortSignal,
): AsyncGenerator<Snapshot> {
  const pulse = new Pulse();
  const changed = new Set<string>();
  let isListDue = true;
  forEachLine(events, (line) => {
    const change = changeOf(line);
    if (change === undefined) return;
    if (change.kind === 'gone') containers.forget(change.id);
    else changed.add(change.id);
    pulse.set();
  });
  const ended = () => pulse.end(new Error('the event stream ended'));
  for (const name of ['end', 'close', 'error']) events.on(name, ended);
  const due = setInterval(() => {
    isListDue = true;
    pulse.set();
  }, FULL_LIST_MS);
  pulse.set();
  try {
    for await (const _ of pulse) {
      if (isListDue) {
        isListDue = false;
        changed.clear();
        yield await listed(api, containers, signal);
        continue;
      }
      const ids = [...changed];
      changed.clear();
      await containers.inspect(api, ids, signal);
      yield containers.snapshot();
    }
  } finally {
    clearInterval(due);
  }
}

async function listed(
  api: DockerApi,
  containers: Containers,
  signal: AbortSignal,
): Promise<Snapshot> {
  let ids = await api.list(signal);
  if (ids.length === 0 && containers.size > 0) {
    await delay(CONFIRM_EMPTY_MS, signal);
    ids = await api.list(signal);
  }
  containers.keepOnly(ids);
  await containers.inspectSelf(api, signal);
  await containers.inspect(api, ids, signal);
  return containers.snapshot();
}

/** An event is a line; a chunk holds several, or half of one. */
function forEachLine(stream: NodeJS.ReadableStream, read: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string | Buffer) => {
    const lines = `${rest}${chunk.toString()}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') read(line);
  });
}
