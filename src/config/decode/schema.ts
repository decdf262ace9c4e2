import { z } from 'zod';
import { traits, type Traits } from '../model.js';
import type { Mode } from './tree.js';

/** A schema with named fields. */
export type Section = z.ZodObject<z.core.$ZodShape>;

/** A schema without its `optional` and defaults, and the traits of all of them. */
export type Unwrapped = { readonly trait: Traits } & (
  | { readonly kind: 'section'; readonly inner: Section }
  | { readonly kind: 'record'; readonly inner: z.ZodRecord }
  | { readonly kind: 'list'; readonly inner: z.ZodArray }
  | { readonly kind: 'scalar'; readonly inner: z.core.$ZodType }
);

export interface Field {
  readonly name: string;
  /** As it is written: `servers` is `server` in labels (LBL-12). */
  readonly key: string;
  readonly schema: z.core.$ZodType;
}

// Schemas are there as long as the program is, and thousands of labels ask the same of each: zod's
// `instanceof` alone takes a tenth of the time that a container takes.
const known = new WeakMap<z.core.$ZodType, Unwrapped>();
const inLabels = new WeakMap<Section, ReadonlyMap<string, Field>>();
const inOthers = new WeakMap<Section, ReadonlyMap<string, Field>>();

export const unwrapped = (schema: z.core.$ZodType): Unwrapped => once(known, schema, unwrap);

/** The fields of a section, by the keys that they have in this mode, in small letters. */
export const fieldsOf = (section: Section, mode: Mode): ReadonlyMap<string, Field> =>
  mode === 'labels'
    ? once(inLabels, section, (each) => listed(each, true))
    : once(inOthers, section, (each) => listed(each, false));

function unwrap(schema: z.core.$ZodType): Unwrapped {
  let inner = schema;
  let trait: Traits = traits.get(inner) ?? {};
  while (
    inner instanceof z.ZodOptional ||
    inner instanceof z.ZodDefault ||
    inner instanceof z.ZodPrefault
  ) {
    inner = inner.unwrap();
    trait = { ...traits.get(inner), ...trait };
  }
  if (inner instanceof z.ZodObject) return { kind: 'section', inner, trait };
  if (inner instanceof z.ZodRecord) return { kind: 'record', inner, trait };
  if (inner instanceof z.ZodArray) return { kind: 'list', inner, trait };
  return { kind: 'scalar', inner, trait };
}

function listed(section: Section, isLabels: boolean): ReadonlyMap<string, Field> {
  const fields = Object.entries<z.core.$ZodType>(section.shape).map(([name, schema]) => {
    const { labelName } = unwrapped(schema).trait;
    return { name, key: isLabels && labelName !== undefined ? labelName : name, schema };
  });
  return new Map(fields.map((field) => [field.key.toLowerCase(), field]));
}

function once<K extends object, V>(memory: WeakMap<K, V>, key: K, make: (key: K) => V): V {
  const before = memory.get(key);
  if (before !== undefined) return before;
  const made = make(key);
  memory.set(key, made);
  return made;
}
