import { z } from 'zod';
import type { Traits } from '../model.js';
import {
  parseBoolean,
  parseDuration,
  parseInt64,
  parseInteger,
  parseNumber,
  type Parsed,
} from './values.js';

/** A scalar, or why it is none; `accepted` where only some words are. */
export type Scalar =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false;
      readonly reason: string;
      readonly offset: number;
      readonly accepted: readonly string[] | undefined;
    };

/** The text of a section that is on without fields (LBL-9, FIL-8). */
export const isBlankSection = (text: string) => text === '' || text.toLowerCase() === 'true';

/** Reads text as the schema of a scalar says, its own checks included. */
export function readScalar(schema: z.core.$ZodType, trait: Traits, text: string): Scalar {
  if (schema instanceof z.ZodEnum) {
    const accepted = schema.options.map(String);
    const value = accepted.find((word) => word.toLowerCase() === text.toLowerCase());
    if (value !== undefined) return { ok: true, value };
    return { ok: false, reason: `expected one of ${accepted.join(', ')}`, offset: 0, accepted };
  }
  const mayKeep = schema instanceof z.ZodUnion;
  if (mayKeep && text === 'keep') return { ok: true, value: text };
  const parsed = parse(schema, trait, text);
  if (!parsed.ok) {
    const reason = mayKeep ? `${parsed.reason}, or keep` : parsed.reason;
    return { ...parsed, reason, accepted: undefined };
  }
  if (!(schema instanceof z.ZodType)) return parsed;
  const checked = schema.safeParse(parsed.value);
  if (checked.success) return { ok: true, value: checked.data };
  const reason = checked.error.issues[0]?.message.toLowerCase() ?? 'not accepted';
  return { ok: false, reason, offset: 0, accepted: undefined };
}

function parse(schema: z.core.$ZodType, trait: Traits, text: string): Parsed<unknown> {
  if (trait.text === 'duration') return parseDuration(text);
  if (trait.text === 'milliseconds') return parseInteger(text);
  if (trait.text === 'int64') return parseInt64(text);
  if (schema instanceof z.ZodBoolean) return parseBoolean(text);
  if (schema instanceof z.ZodNumberFormat) return parseInteger(text);
  if (schema instanceof z.ZodNumber) return parseNumber(text);
  return { ok: true, value: text };
}
