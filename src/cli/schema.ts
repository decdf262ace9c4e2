import { z } from 'zod';
import { formatDuration } from '../config/decode/values.js';
import { unwrapped } from '../config/decode/schema.js';
import { dynamicSchema } from '../config/model.js';
import { staticSchema } from '../config/static/schema.js';
import type { SchemaName } from './schema-name.js';

type Json = z.core.JSONSchema.BaseSchema;

const SCHEMAS: Readonly<Record<SchemaName, z.ZodObject>> = {
  static: staticSchema,
  dynamic: dynamicSchema,
};

/** Sections of a dynamic file in which others stand. */
const HOLDERS: ReadonlySet<z.core.$ZodType> = new Set(
  Object.values(dynamicSchema.shape).map((section) => section.unwrap()),
);

// In a file a number may stand in quotes, a text without them, and words in any case.
const QUOTED_INTEGER: Json = { type: 'string', pattern: '^[+-]?[0-9]+$' };
const QUOTED_NUMBER: Json = { type: 'string', pattern: '^[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)$' };
const WRITTEN_TRUTH: Json = {
  enum: [
    ...['true', 'True', 'TRUE', 't', 'T', '1', 1],
    ...['false', 'False', 'FALSE', 'f', 'F', '0', 0],
  ],
};
/** A section may be written as a word: on, or off (LBL-9). */
const SWITCH: Json = {
  type: ['boolean', 'string'],
  pattern: '^([tT][rR][uU][eE]|[fF][aA][lL][sS][eE])?$',
};
const TEXT: Json = { type: ['string', 'number', 'boolean'] };
const DURATION = '[+-]?([0-9]+|(([0-9]+\\.?[0-9]*|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)';

/** The JSON Schema of a file, from the very schema that it is read by; keys count in any case (FIL-3). */
export function jsonSchemaOf(name: SchemaName): Json {
  const schema = z.toJSONSchema(SCHEMAS[name], {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => asWritten(zodSchema, jsonSchema, name),
  });
  // Traefik's other halves, which are passed over (D22).
  const others = name === 'static' ? {} : { http: {}, udp: {} };
  const $defs: Record<string, Json> = {};
  const whole = inAnySpelling(
    { ...schema, properties: { ...schema.properties, ...others } },
    '',
    $defs,
  );
  return {
    ...whole,
    title: `Sluice: the ${name} configuration`,
    patternProperties: { ...whole.patternProperties, '^[xX]-': {} },
    $defs,
  };
}

/** Each member under a name of its own, so that it can be referred to in its usual and any other case. */
function inAnySpelling(json: Json, path: string, $defs: Record<string, Json>): Json {
  const { properties, anyOf, items, additionalProperties } = json;
  const deeper = (one: Json) => inAnySpelling(one, path, $defs);
  const members = Object.entries(properties ?? {}).map(([name, member]) => {
    const id = path === '' ? name : `${path}.${name}`;
    $defs[id] = inAnySpelling(schemaOf(member), id, $defs);
    return { name, pattern: `^${inAnyCase(name)}$`, $ref: `#/$defs/${id}` };
  });
  return {
    ...json,
    ...(anyOf && { anyOf: anyOf.map((one) => deeper(schemaOf(one))) }),
    ...(items !== undefined && !Array.isArray(items) && { items: deeper(schemaOf(items)) }),
    ...(typeof additionalProperties === 'object' && {
      additionalProperties: deeper(additionalProperties),
    }),
    ...(properties && {
      properties: Object.fromEntries(members.map(({ name, $ref }) => [name, { $ref }])),
      patternProperties: Object.fromEntries(
        members.map(({ pattern, $ref }) => [pattern, { $ref }]),
      ),
    }),
  };
}

const schemaOf = (json: z.core.JSONSchema._JSONSchema): Json =>
  typeof json === 'boolean' ? (json ? {} : { not: {} }) : json;

/** What the decoder makes of a file is a value; what stands in the file is text. */
function asWritten(schema: z.core.$ZodType, json: Json, name: SchemaName): void {
  const { inner, trait } = unwrapped(schema);
  if (trait.deprecated !== undefined) {
    json.deprecated = true;
    json.description = trait.deprecated;
  }
  // A wrapper has the forms of what it wraps already, and a default of its own.
  if (inner !== schema) {
    if (trait.text === 'duration' && typeof json.default === 'number') {
      json.default = formatDuration(json.default);
    }
    return;
  }
  if (trait.foreign === true || schema === SCHEMAS[name]) return;
  const forms = formsOf(inner, trait, { ...json });
  // FIL-6: an object without a value is an error; an option, and what only holds others, is not.
  const isNothing = !(inner instanceof z.ZodObject) || name === 'static' || HOLDERS.has(inner);
  for (const key of Object.keys(json)) Reflect.deleteProperty(json, key);
  Object.assign(json, { anyOf: [...forms, ...(isNothing ? [{ type: 'null' }] : [])] });
}

function formsOf(
  schema: z.core.$ZodType,
  trait: ReturnType<typeof unwrapped>['trait'],
  json: Json,
): readonly Json[] {
  if (trait.text === 'duration') {
    const words = schema instanceof z.ZodUnion ? `keep|${DURATION}` : DURATION;
    const description = 'such as 500ms, 30s, 1m30s; a bare number is seconds';
    return [{ type: ['string', 'integer'], pattern: `^(${words})$`, description }];
  }
  if (schema instanceof z.ZodBigInt) return [{ type: 'integer' }, QUOTED_INTEGER];
  if (schema instanceof z.ZodNumberFormat) return [json, QUOTED_INTEGER];
  if (schema instanceof z.ZodNumber) return [json, QUOTED_NUMBER];
  if (schema instanceof z.ZodBoolean) return [json, WRITTEN_TRUTH];
  if (schema instanceof z.ZodEnum) return [json, anyCase(schema)];
  if (schema instanceof z.ZodString) return [TEXT];
  if (schema instanceof z.ZodArray) {
    // Words are also read from one text, with commas between them.
    const { inner, trait: ofElement } = unwrapped(schema.element);
    const isOneText = inner instanceof z.ZodString || ofElement.pair === true;
    return [json, ...(isOneText ? [TEXT] : [])];
  }
  // Any name will do.
  const { propertyNames: _, ...section } = json;
  return [
    section,
    ...(trait.allowEmpty === true ? [SWITCH, { type: 'array', maxItems: 0 } as const] : []),
    ...(trait.pair === true ? [TEXT] : []),
  ];
}

const anyCase = ({ options }: z.ZodEnum): Json => ({
  type: 'string',
  pattern: `^(${options.map((word) => inAnyCase(String(word))).join('|')})$`,
});

const inAnyCase = (word: string) =>
  word.replace(/[a-z]/gi, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`);
