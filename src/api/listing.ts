/** One page of a list, or why there is none (API-7). */
export type Page<T> =
  | { readonly ok: true; readonly items: readonly T[]; readonly next: number }
  | { readonly ok: false; readonly reason: string };

const DEFAULT_PER_PAGE = 100;

/** Cuts one page out of `items`; only what is on it is viewed. `next` is 1 if nothing follows. */
export function page<T, V>(
  items: readonly T[],
  query: URLSearchParams,
  view: (item: T) => V,
): Page<V> {
  const number = positive(query.get('page'), 1);
  const size = positive(query.get('per_page'), DEFAULT_PER_PAGE);
  if (number === undefined) return { ok: false, reason: refused('page', query) };
  if (size === undefined) return { ok: false, reason: refused('per_page', query) };
  const start = (number - 1) * size;
  if (start !== 0 && start >= items.length) {
    return {
      ok: false,
      reason: `page ${number} of ${size} items each: there are ${items.length} items`,
    };
  }
  const more = items.length > start + size;
  return {
    ok: true,
    items: items.slice(start, start + size).map(view),
    next: more ? number + 1 : 1,
  };
}

function positive(text: string | null, fallback: number): number | undefined {
  if (text === null || text === '') return fallback;
  const number = /^\+?\d{1,15}$/.test(text) ? Number(text) : 0;
  return number > 0 ? number : undefined;
}

const refused = (parameter: string, query: URLSearchParams) =>
  `${parameter} must be a whole number above 0, not "${query.get(parameter) ?? ''}"`;

/** The value of an item by which a list is sorted. */
export type SortKey<T> = (item: T) => string | number | bigint;

/** Sorted by `sortBy` and `direction`; unknown keys and ties go by name (8.3). */
export function sorted<T>(
  items: readonly T[],
  query: URLSearchParams,
  keys: ReadonlyMap<string, SortKey<T>>,
  name: (item: T) => string,
): readonly T[] {
  const key = keys.get(query.get('sortBy') ?? 'name') ?? name;
  // Any other direction than `asc` sorts downwards, ties included (8.3).
  const sign =
    (query.get('direction') ?? 'asc') === 'asc' || query.get('direction') === '' ? 1 : -1;
  return items.toSorted((a, b) => sign * (compare(key(a), key(b)) || compare(name(a), name(b))));
}

function compare<T extends string | number | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** True if one of `texts` holds the search word, in any case. */
export function found(query: URLSearchParams, texts: readonly (string | undefined)[]): boolean {
  const word = (query.get('search') ?? '').toLowerCase();
  return word === '' || texts.some((text) => text?.toLowerCase().includes(word) === true);
}

/** True if the status that is asked for, if any, is this one, in any case. */
export function hasStatus(query: URLSearchParams, status: string): boolean {
  const asked = query.get('status') ?? '';
  return asked === '' || status.toLowerCase() === asked.toLowerCase();
}
