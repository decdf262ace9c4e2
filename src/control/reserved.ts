import { isDeepStrictEqual } from 'node:util';
import type { Diagnostic, Place } from '../config/diagnostic.js';
import type { Declared, DynamicConfig } from '../config/model.js';
import type { Snapshot } from '../config/provider.js';
import type { Claim } from './claim.js';
import { olderFirst } from './order.js';

/** The provider whose names are reserved. */
export const FILE = 'file';

/** Names that `file` defines, and where (D7). */
export interface Reserved {
  readonly middleware: ReadonlyMap<string, Place>;
  readonly serversTransport: ReadonlyMap<string, Place>;
  readonly tlsOptions: ReadonlyMap<string, Place>;
  /** Not in D7, but no label may take the file's default certificate away either. */
  readonly tlsStore: ReadonlyMap<string, Place>;
}

/** `previous` if nothing changed, so that what was settled under it need not be settled again. */
export function reservedBy(file: Snapshot | undefined, previous: Reserved | undefined): Reserved {
  const parts = (file?.parts ?? []).toSorted((a, b) => olderFirst(a.owner, b.owner));
  const places = (select: (config: DynamicConfig) => ReadonlyMap<string, Declared<unknown>>) => {
    const found = new Map<string, Place>();
    for (const { config } of parts) {
      for (const [name, { at }] of select(config)) found.set(name, found.get(name) ?? at);
    }
    return found;
  };
  const reserved = {
    middleware: places(({ middlewares }) => middlewares),
    serversTransport: places(({ serversTransports }) => serversTransports),
    tlsOptions: places(({ tlsOptions }) => tlsOptions),
    tlsStore: places(({ tlsStores }) => tlsStores),
  };
  return previous && isDeepStrictEqual(previous, reserved) ? previous : reserved;
}

/** D7: no container may put something weaker under a name that a file defines. */
export function reservation(
  { declared }: Claim<unknown>,
  kind: keyof Reserved,
  reserved: Reserved,
): Omit<Diagnostic, 'provider' | 'object'> | undefined {
  const inFile = reserved[kind].get(declared.name);
  if (inFile === undefined) return undefined;
  return {
    code: 'reserved',
    severity: 'error',
    at: declared.at,
    related: [inFile],
    message: `${kind} "${declared.name}" is declared in a file, and that name is reserved`,
    value: declared.name,
    fix: `use another name, or leave it out and refer to ${declared.name}@${FILE}`,
  };
}
