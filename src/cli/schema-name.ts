const NAMES = ['static', 'dynamic'] as const;

/** Which file a JSON Schema is asked for. */
export type SchemaName = (typeof NAMES)[number];

export const isSchemaName = (word: string): word is SchemaName =>
  NAMES.some((name) => name === word);
