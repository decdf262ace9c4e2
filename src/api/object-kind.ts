import type { Merged } from '../config/merged.js';
import type { DefaultTransportConfig } from '../config/static.js';
import type { RuntimeView, Status } from '../routing/runtime.js';
import { found, hasStatus, page, sorted, type Page, type SortKey } from './listing.js';
import type { View } from './members.js';

/** What the lists are made of. */
export interface Shown {
  readonly runtime: RuntimeView;
  /** Of servers that name no transport. */
  readonly defaultTransport: DefaultTransportConfig;
}

/** One kind of object as the lists and `/{name}` serve it (8.2, 8.3). */
export interface ObjectKind {
  /** As in the error `router not found: x`. */
  readonly singular: string;
  /** One page. Only what is on it is made. */
  list(shown: Shown, query: URLSearchParams): Page<View>;
  one(shown: Shown, name: string): View | undefined;
}

interface Listed {
  readonly merged: Merged<unknown>;
  readonly status: Status;
}

export interface Kind<T extends Listed> {
  readonly singular: string;
  readonly objects: (shown: Shown) => ReadonlyMap<string, T>;
  readonly entry: (object: T, shown: Shown) => View;
  /** Beside name, provider and status. */
  readonly sortKeys?: readonly (readonly [sortBy: string, key: SortKey<T>])[];
  /** What `search` looks at beside the name. */
  readonly texts?: (object: T) => readonly (string | undefined)[];
  /** Filters of this kind alone. */
  readonly isAsked?: (object: T, query: URLSearchParams) => boolean;
}

const nameOf = ({ merged }: Listed) => merged.name;

const COMMON_KEYS: readonly (readonly [string, SortKey<Listed>])[] = [
  ['name', nameOf],
  ['provider', ({ merged }) => merged.provider],
  ['status', ({ status }) => status],
];

export function objectKind<T extends Listed>(kind: Kind<T>): ObjectKind {
  const { singular, objects, entry, sortKeys = [] } = kind;
  const { texts = () => [], isAsked = () => true } = kind;
  const keys = new Map<string, SortKey<T>>([...COMMON_KEYS, ...sortKeys]);
  return {
    singular,
    list(shown, query) {
      const asked = [...objects(shown).values()]
        .filter((object) => isAsked(object, query) && hasStatus(query, object.status))
        .filter((object) => found(query, [nameOf(object), ...texts(object)]));
      return page(sorted(asked, query, keys, nameOf), query, (object) => entry(object, shown));
    },
    one(shown, name) {
      const object = objects(shown).get(name);
      return object && entry(object, shown);
    },
  };
}
