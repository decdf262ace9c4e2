import { z } from 'zod';
import type { Diagnostic, Place } from '../diagnostic.js';
import { unwrapped } from '../decode/walk.js';
import { staticSchema } from './schema.js';

/** One option from the command line or the environment: path segments and text. */
export interface Option {
  readonly path: readonly string[];
  readonly value: string;
  readonly at: Place;
}

export interface ParsedFlags {
  readonly options: readonly Option[];
  readonly configFile: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

const placeOf = (option: string): Place => ({ kind: 'static', option, source: 'flag' });

const refusal = (option: string, message: string, fix: string): Diagnostic => ({
  code: 'syntax',
  severity: 'error',
  object: { kind: 'option', name: option },
  at: placeOf(option),
  message,
  value: option,
  fix,
});

/** Reads the command line (CFG-8 to CFG-14). A stray word is an error, never the end of the options (BUG-51). */
export function parseFlags(argv: readonly string[]): ParsedFlags {
  const options: Option[] = [];
  const diagnostics: Diagnostic[] = [];
  let configFile: string | undefined;
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    const [, flag, value] = /^--?([^-=][^=]*)(?:=([^]*))?$/.exec(word) ?? [];
    if (flag === undefined) {
      diagnostics.push(
        refusal(word, `"${word}" is no option`, 'write --name=value, with = between the two'),
      );
      continue;
    }
    const written = word.split('=', 1)[0] ?? word;
    const path = segmentsOf(flag);
    const text = value ?? (takesValue(path) ? argv[at + 1] : 'true');
    if (value === undefined && takesValue(path)) at += 1;
    if (text === undefined) {
      diagnostics.push(refusal(written, `${written} needs a value`, `write ${written}=value`));
    } else if (flag.toLowerCase() === 'configfile') configFile = text;
    else options.push({ path, value: text, at: placeOf(written) });
  }
  return { options, configFile, diagnostics };
}

/** `a.b[0].c` is `a`, `b`, `[0]`, `c`. */
const segmentsOf = (flag: string) =>
  flag.split('.').flatMap((part) => {
    const open = part.endsWith(']') ? part.indexOf('[') : -1;
    return open > 0 ? [part.slice(0, open), part.slice(open)] : [part];
  });

/** CFG-9: booleans and sections never take the next word, everything else does. */
function takesValue(path: readonly string[]): boolean {
  if (path.length === 1 && path[0]?.toLowerCase() === 'configfile') return true;
  let schema: z.core.$ZodType = staticSchema;
  for (const segment of path) {
    const { inner } = unwrapped(schema);
    if (inner instanceof z.ZodObject) {
      const fields = Object.entries<z.core.$ZodType>(inner.shape);
      const field = fields.find(([name]) => name.toLowerCase() === segment.toLowerCase())?.[1];
      if (field === undefined) return false;
      schema = field;
    } else if (inner instanceof z.ZodRecord) schema = inner.valueType;
    else if (inner instanceof z.ZodArray) schema = inner.element;
    else return false;
  }
  const { inner, trait } = unwrapped(schema);
  const isSection = inner instanceof z.ZodObject || inner instanceof z.ZodRecord;
  return !isSection && !(inner instanceof z.ZodBoolean) && trait.foreign !== true;
}
