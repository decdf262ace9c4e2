import { z } from 'zod';
import { unwrapped } from '../config/decode/schema.js';
import { formatDuration } from '../config/decode/values.js';

/** One option as a user writes it. */
export interface ListedOption {
  /** `entryPoints.<name>.address`. */
  readonly path: string;
  /** What its value looks like; empty: none is needed. */
  readonly value: string;
  /** Empty: none, or it follows from something else. */
  readonly standard: string;
  readonly summary: string;
}

/** Every option of a schema that is read, in its order. */
export function listOptions(schema: z.core.$ZodType, path = ''): readonly ListedOption[] {
  const { inner, trait } = unwrapped(schema);
  if (trait.foreign === true) return [];
  if (inner instanceof z.ZodRecord) return listOptions(inner.valueType, `${path}.<name>`);
  if (inner instanceof z.ZodObject) {
    const itself = { path, value: '', standard: '', summary: summaryOf(schema) };
    const fields = Object.entries<z.core.$ZodType>(inner.shape);
    return [
      ...(itself.summary === '' ? [] : [itself]),
      ...fields.flatMap(([name, field]) =>
        listOptions(field, path === '' ? name : `${path}.${name}`),
      ),
    ];
  }
  const isDuration = trait.text === 'duration';
  return [
    {
      path,
      value: valueOf(inner, isDuration),
      standard: standardOf(schema, isDuration),
      summary: summaryOf(schema),
    },
  ];
}

/** The description, which may stand on the schema or on what it wraps. */
function summaryOf(schema: z.core.$ZodType): string {
  const { description } = z.globalRegistry.get(schema) ?? {};
  if (description !== undefined) return description;
  return isWrapped(schema) ? summaryOf(schema.unwrap()) : '';
}

type Wrapped = z.ZodOptional | z.ZodDefault | z.ZodPrefault;

const isWrapped = (schema: z.core.$ZodType): schema is Wrapped =>
  schema instanceof z.ZodOptional ||
  schema instanceof z.ZodDefault ||
  schema instanceof z.ZodPrefault;

function valueOf(schema: z.core.$ZodType, isDuration: boolean): string {
  if (isDuration) return 'DURATION';
  if (schema instanceof z.ZodBoolean) return 'true|false';
  if (schema instanceof z.ZodNumber) return 'NUMBER';
  if (schema instanceof z.ZodEnum) return schema.options.join('|');
  return schema instanceof z.ZodArray ? 'A,B,…' : 'TEXT';
}

/** A longer list than this is no help. */
const MOST_WORDS = 4;

function standardOf(schema: z.core.$ZodType, isDuration: boolean): string {
  if (schema instanceof z.ZodOptional) return standardOf(schema.unwrap(), isDuration);
  if (!(schema instanceof z.ZodDefault)) return '';
  const value: unknown = schema.def.defaultValue;
  if (typeof value === 'number' && isDuration) return formatDuration(value);
  return value === false || value === 0 || (Array.isArray(value) && value.length > MOST_WORDS)
    ? ''
    : String(value);
}
