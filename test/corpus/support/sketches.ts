import type { ContainerSketch } from '../../support/docker.js';
import type { Setup } from './setup.js';

export const RULE = 'HostSNI(`*`)';

/** Labels under `traefik.`; undefined takes one away. */
type Labels = Readonly<Record<string, string | undefined>>;

const DB: Labels = { 'tcp.routers.db.rule': RULE };

/** Container `app` with the right router `db`, one exposed port, and what a case makes of it. */
export function app(labels: Labels, rest: ContainerSketch = {}): ContainerSketch {
  const all = Object.entries({ ...DB, ...labels }).flatMap(([key, value]) =>
    value === undefined ? [] : [[key.startsWith('=') ? key.slice(1) : `traefik.${key}`, value]],
  );
  return {
    name: 'app',
    ports: ['5432/tcp'],
    ...rest,
    labels: Object.fromEntries(all) as Record<string, string>,
  };
}

/** A setup of that container alone. */
export const labels = (written: Labels, rest: ContainerSketch = {}): Setup => ({
  containers: [app(written, rest)],
});

/** A dynamic file `dynamic.yml`. */
export const yaml = (text: string): Setup => ({ files: { 'dynamic.yml': text } });
