import { nearest } from '../decode/nearest.js';
import type { Diagnostic, Place } from '../diagnostic.js';
import { optionError, pathProblem, type Option } from './option.js';
import { staticSchema } from './schema.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ParsedEnvironment {
  readonly options: readonly Option[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The first one wins (D23). */
const PREFIXES = ['SLUICE_', 'TRAEFIK_'] as const;

const ROOTS = Object.keys(staticSchema.shape).map((name) => name.toUpperCase());

const placeOf = (option: string) =>
  ({ kind: 'static', option, source: 'environment' }) as const satisfies Place;

/**
 * Reads the variables whose names begin like a root option (CFG-15); others, such as Kubernetes'
 * service variables, are not ours. Names are lower-cased, so no part of one may hold a `_`.
 */
export function parseEnvironment(env: Environment): ParsedEnvironment {
  const options = new Map<string, Option & { readonly name: string }>();
  const diagnostics: Diagnostic[] = [];
  for (const prefix of PREFIXES) {
    for (const name of Object.keys(env).sort()) {
      const value = env[name];
      if (value === undefined || !name.startsWith(prefix)) continue;
      const rest = name.slice(prefix.length);
      if (!ROOTS.some((root) => rest.startsWith(root))) {
        diagnostics.push(...notAnOption(name, prefix, rest));
        continue;
      }
      const key = rest.toLowerCase();
      const path = key.split('_');
      const problem = pathProblem(path);
      const first = options.get(key);
      if (problem !== undefined) {
        diagnostics.push(
          optionError(placeOf(name), {
            code: 'syntax',
            message: `the name ${problem}`,
            fix: 'write names with single underscores between them',
          }),
        );
      } else if (first === undefined) {
        options.set(key, { name, path, value, at: placeOf(name) });
      } else if (first.value !== value) diagnostics.push(differs(name, first));
    }
  }
  return { options: [...options.values()], diagnostics };
}

const differs = (name: string, first: Option & { readonly name: string }): Diagnostic => ({
  code: 'ignored',
  severity: 'warning',
  object: { kind: 'option', name },
  at: placeOf(name),
  related: [first.at],
  message: `${name} says something else than ${first.name}, which counts`,
  fix: 'unset one of them',
});

/** Most are somebody else's. What was probably meant for us is said. */
function notAnOption(name: string, prefix: string, rest: string): readonly Diagnostic[] {
  const [word = ''] = rest.split('_', 1);
  const [meant] = nearest(word, ROOTS);
  const isConfigFile = rest.toUpperCase() === 'CONFIGFILE';
  if (meant === undefined && !isConfigFile) return [];
  return [
    {
      code: 'ignored',
      severity: 'warning',
      object: { kind: 'option', name },
      at: placeOf(name),
      message: `${name} is no option, and is not read`,
      fix: isConfigFile
        ? 'name the file with --configFile'
        : `did you mean ${prefix}${meant}${rest.slice(word.length)}?`,
      ...(meant !== undefined && { suggestions: [`${prefix}${meant}${rest.slice(word.length)}`] }),
    },
  ];
}
