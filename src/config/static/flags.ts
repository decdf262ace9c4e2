import type { Diagnostic, Place } from '../diagnostic.js';
import { kindOf, optionError, pathProblem, type Option } from './option.js';

export interface ParsedFlags {
  readonly options: readonly Option[];
  /** Of `--configFile`; the last one counts. */
  readonly configFile: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

const placeOf = (option: string) =>
  ({ kind: 'static', option, source: 'flag' }) as const satisfies Place;

/** `-name`, `--name`, with or without `=value`. */
const FLAG = /^--?([^-=][^=]*)(?:=([^]*))?$/;

/** A word that is an option itself, and so nobody's value: `-1s` and `-----BEGIN` are none. */
const looksLikeFlag = (word: string) => /^--?[A-Za-z][\w.[\]-]*(=|$)/.test(word);

/** Reads the command line (CFG-8 to CFG-14). A stray word is an error, never the end of the options (BUG-51). */
export function parseFlags(argv: readonly string[]): ParsedFlags {
  const options: Option[] = [];
  const diagnostics: Diagnostic[] = [];
  let configFile: string | undefined;
  let isOver = false;
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (word === '--' && !isOver) {
      isOver = true;
      continue;
    }
    const [, flag, attached] = (isOver ? null : FLAG.exec(word)) ?? [];
    if (flag === undefined) {
      diagnostics.push(strayWord(word, argv[at - 1]));
      continue;
    }
    const place = placeOf(word.split('=', 1)[0] ?? word);
    const path = segmentsOf(flag);
    const wants = valueWanted(path);
    const next = argv[at + 1];
    const isNextMine = attached === undefined && isValueOf(wants, next);
    if (isNextMine) at += 1;
    const value = attached ?? (isNextMine ? next : wants === 'always' ? undefined : 'true');
    const problem = pathProblem(path);
    if (problem !== undefined) {
      diagnostics.push(
        optionError(place, {
          code: 'syntax',
          message: `the name ${problem}`,
          fix: 'write names with single dots between them',
        }),
      );
    } else if (value === undefined) {
      diagnostics.push(
        optionError(place, {
          code: 'missing',
          message: 'the option needs a value',
          fix: `write ${place.option}=value`,
        }),
      );
    } else if (isConfigFile(path)) configFile = value;
    else options.push({ path, value, at: place });
  }
  return { options, configFile, diagnostics };
}

/** Whether the word behind this flag is its value. */
export function takesNext(word: string, next: string | undefined): boolean {
  const [, flag, attached] = FLAG.exec(word) ?? [];
  return (
    flag !== undefined && attached === undefined && isValueOf(valueWanted(segmentsOf(flag)), next)
  );
}

function isValueOf(wanted: Wanted, next: string | undefined): next is string {
  if (next === undefined || wanted === 'never') return false;
  return wanted === 'always' ? !looksLikeFlag(next) : !next.startsWith('-');
}

const isConfigFile = (path: readonly string[]) =>
  path.length === 1 && path[0]?.toLowerCase() === 'configfile';

/** `a.b[0].c` is `a`, `b`, `[0]`, `c`. */
const segmentsOf = (flag: string) =>
  flag.split('.').flatMap((part) => {
    const open = part.endsWith(']') ? part.indexOf('[') : -1;
    return open > 0 ? [part.slice(0, open), part.slice(open)] : [part];
  });

type Wanted = 'always' | 'never' | 'perhaps';

/** CFG-9: booleans and sections never take the next word, other options do (CFG-13 is not copied). */
function valueWanted(path: readonly string[]): Wanted {
  if (isConfigFile(path)) return 'always';
  const kind = kindOf(path);
  if (kind === 'boolean' || kind === 'section') return 'never';
  return kind === 'unknown' ? 'perhaps' : 'always';
}

function strayWord(word: string, before: string | undefined): Diagnostic {
  const belongs = before !== undefined && FLAG.test(before) && !before.includes('=');
  return optionError(placeOf(word), {
    code: 'syntax',
    message: `"${word}" is neither an option nor a command`,
    value: word,
    fix: belongs
      ? `write ${before}=${word}`
      : 'write --name=value; sluice --help lists all options',
  });
}
