import { z } from 'zod';
import { unwrapped } from '../decode/schema.js';
import type { Diagnostic, Place } from '../diagnostic.js';
import { staticSchema } from './schema.js';

/** One option from the command line or the environment: path segments and text. */
export interface Option {
  readonly path: readonly string[];
  readonly value: string;
  readonly at: Place;
}

/** What a path stands for; `unknown` also below options that have no use here (D22). */
export type OptionKind = 'section' | 'boolean' | 'scalar' | 'list' | 'unknown';

export function kindOf(path: readonly string[]): OptionKind {
  let { inner } = unwrapped(staticSchema);
  for (const segment of path) {
    const below = fieldOf(inner, segment);
    if (below === undefined) return 'unknown';
    inner = unwrapped(below).inner;
  }
  if (inner instanceof z.ZodObject || inner instanceof z.ZodRecord) return 'section';
  if (inner instanceof z.ZodArray) return 'list';
  if (inner instanceof z.ZodUnknown) return 'unknown';
  return inner instanceof z.ZodBoolean ? 'boolean' : 'scalar';
}

function fieldOf(schema: z.core.$ZodType, segment: string): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (schema instanceof z.ZodArray) return schema.element;
  if (!(schema instanceof z.ZodObject)) return undefined;
  const fields = Object.entries<z.core.$ZodType>(schema.shape);
  return fields.find(([name]) => name.toLowerCase() === segment.toLowerCase())?.[1];
}

/** Far deeper than any option: what is longer is an accident, and is not turned into a tree. */
const DEEPEST = 32;

/** Why a path is none, whatever the schema says. */
export function pathProblem(path: readonly string[]): string | undefined {
  if (path.length > DEEPEST) return `has more than ${DEEPEST} parts`;
  return path.includes('') ? 'has an empty part' : undefined;
}

export function optionError(at: Place & { readonly kind: 'static' }, said: Said): Diagnostic {
  return { severity: 'error', object: { kind: 'option', name: at.option }, at, ...said };
}

type Said = Omit<Diagnostic, 'severity' | 'at' | 'object'>;
