import { z } from 'zod';
import type { Place } from '../diagnostic.js';
import type { Traits } from '../model.js';
import { nearest } from './nearest.js';
import { cut, quoted, report, type Reading } from './reading.js';
import type { Node } from './tree.js';
import {
  parseBoolean,
  parseDuration,
  parseInt64,
  parseInteger,
  parseNumber,
  type Parsed,
} from './values.js';

/** A scalar, or why it is none; `accepted` where only some words are. */
type Scalar =
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
function readScalar(schema: z.core.$ZodType, trait: Traits, text: string): Scalar {
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

/** Reads a node that is to be a scalar; undefined if it is none, which is reported. */
export function walkScalar(
  schema: z.core.$ZodType,
  trait: Traits,
  node: Node,
  reading: Reading,
): unknown {
  if (node.kind === 'null') return undefined;
  if (node.children.length > 0 || node.kind === 'list' || node.kind === 'map') {
    const child = node.children[0] ?? node;
    report(reading, {
      code: 'unknown-key',
      severity: 'error',
      at: child.at,
      message: `${quoted(node.key)} takes a single value and has no fields`,
      fix: `write ${node.key} with one value`,
    });
    return undefined;
  }
  const text = node.value ?? '';
  // An option that is written empty, as Compose does with an unset variable, is not written.
  if (reading.mode === 'options' && text === '' && schema instanceof z.ZodEnum) return undefined;
  const parsed = readScalar(schema, trait, text);
  if (parsed.ok) return parsed.value;
  const { accepted, reason, offset } = parsed;
  const [meant] = nearest(text, accepted ?? []);
  report(reading, {
    code: accepted ? 'unknown-value' : 'bad-value',
    severity: 'error',
    at: at(node.valueAt, offset),
    message: `${quoted(text)} is not a value of ${quoted(node.key)}`,
    ...(trait.secret !== true && { value: cut(text) }),
    fix: meant === undefined ? reason : `did you mean ${quoted(meant)}?`,
    ...(accepted && {
      suggestions: accepted.toSorted((a, b) => Number(b === meant) - Number(a === meant)),
    }),
  });
  return undefined;
}

function at(place: Place, offset: number): Place {
  return place.kind === 'label' || place.kind === 'tag' ? { ...place, offset } : place;
}
