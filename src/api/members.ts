import { formatDuration } from '../config/decode/values.js';
import type { Json } from './json.js';

/** An object of the API: key order and the members that are left out are as in 8.2. */
export type View = Readonly<Record<string, Json | undefined>>;

// Members that are zero or empty are left out.

export const list = (items: readonly string[] | undefined): readonly string[] | undefined =>
  items === undefined || items.length === 0 ? undefined : items;

export const text = (value: string | undefined): string | undefined =>
  value === '' ? undefined : value;

export const set = <T extends number | bigint | boolean>(value: T | undefined): T | undefined =>
  value === undefined || Number(value) === 0 ? undefined : value;

export const duration = (ms: number | undefined): string | undefined =>
  ms === undefined || ms === 0 ? undefined : formatDuration(ms);
