import type { DynamicConfig } from './model.js';
import type { Part } from './provider.js';
import { tight } from './tight.js';

const SECTIONS = [
  'routers',
  'services',
  'middlewares',
  'serversTransports',
  'tlsOptions',
  'tlsStores',
] as const satisfies readonly (keyof DynamicConfig)[];

const names = new WeakMap<Part, readonly string[]>();

/** Every name that an owner declares, with its section. Where two declare the same one, their ages decide (D10). */
export function namesOf(part: Part): readonly string[] {
  const known = names.get(part);
  if (known !== undefined) return known;
  const found = tight(
    SECTIONS.flatMap((section) =>
      Array.from(part.config[section].keys(), (name) => `${section} ${name}`),
    ),
  );
  names.set(part, found);
  return found;
}
