import { z } from 'zod';
import { unwrapped, type Section } from './schema.js';
import type { Mode } from './tree.js';
import { dynamicSchema } from '../model.js';

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
    const { kind: form, inner } = unwrapped(schema);
    const object = form === 'record' ? unwrapped(inner.valueType).inner : undefined;
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
  const { kind, inner, trait } = unwrapped(field);
  // What a label cannot say is no advice.
  const isUnread = mode === 'labels' && trait.label === 'unread';
  if (kind !== 'list') return { inner, key: name, list: '', isUnread };
  const label = mode === 'labels' ? trait.labelName : undefined;
  const list = label === undefined ? '[]' : '';
  return { inner: unwrapped(inner.element).inner, key: label ?? name, list, isUnread };
}
