import { z } from 'zod';
import type { Mode } from './tree.js';
import { dynamicSchema, traits } from '../model.js';

type Section = z.ZodObject<z.core.$ZodShape>;

/** The objects that labels and files declare, by the key of their section. */
const KINDS = Object.entries(dynamicSchema.shape.tcp.unwrap().shape);

/** Deeper no key lies. */
const DEEPEST = 3;

/**
 * Where a key that is unknown in this section belongs, written as it works: deeper in the section, or in an
 * object of another kind. Undefined if it is nobody's.
 */
export function belongsTo(key: string, section: Section, mode: Mode): string | undefined {
  const wanted = key.toLowerCase();
  const below = pathTo(wanted, section, mode);
  if (below !== undefined) return below;
  for (const [kind, schema] of KINDS) {
    const record = bare(schema);
    const object = record instanceof z.ZodRecord ? bare(record.valueType) : undefined;
    const path = object instanceof z.ZodObject ? pathTo(wanted, object, mode) : undefined;
    if (path !== undefined) return `tcp.${kind}.NAME.${path}`;
  }
  return undefined;
}

/** Breadth first: the least deep one is meant. */
function pathTo(wanted: string, section: Section, mode: Mode): string | undefined {
  let level = [{ path: '', section }];
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    const next: typeof level = [];
    for (const { path, section: at } of level) {
      for (const [name, field] of Object.entries(at.shape)) {
        const { inner, key, list, isUnread } = fieldOf(field, name, mode);
        if (isUnread) continue;
        if (name.toLowerCase() === wanted || key.toLowerCase() === wanted) return `${path}${key}`;
        if (inner instanceof z.ZodObject)
          next.push({ path: `${path}${key}${list}.`, section: inner });
      }
    }
    level = next;
  }
  return undefined;
}

function fieldOf(field: z.core.$ZodType, name: string, mode: Mode) {
  const inner = bare(field);
  const trait = mode === 'labels' ? traits.get(inner) : undefined;
  // What a label cannot say is no advice.
  const isUnread = trait?.label === 'unread';
  if (!(inner instanceof z.ZodArray)) return { inner, key: name, list: '', isUnread };
  const label = trait?.labelName;
  const list = label === undefined ? '[]' : '';
  return { inner: bare(inner.element), key: label ?? name, list, isUnread };
}

/** Without `optional` and the like. */
function bare(schema: z.core.$ZodType): z.core.$ZodType {
  let inner = schema;
  while (inner instanceof z.ZodOptional) inner = inner.unwrap();
  return inner;
}
