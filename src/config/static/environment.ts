import type { Diagnostic } from '../diagnostic.js';
import type { Option } from './flags.js';
import { staticSchema } from './schema.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The first one wins (D23). */
const PREFIXES = ['SLUICE_', 'TRAEFIK_'] as const;

const ROOTS = Object.keys(staticSchema.shape).map((name) => name.toUpperCase());

/** CFG-15: names that begin like a root field count; others, such as Kubernetes' service variables, do not. */
export function parseEnvironment(env: Environment): {
  readonly options: readonly Option[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const options = new Map<string, Option>();
  const diagnostics: Diagnostic[] = [];
  for (const prefix of PREFIXES) {
    for (const name of Object.keys(env).sort()) {
      const value = env[name];
      const rest = name.slice(prefix.length);
      if (value === undefined || !name.startsWith(prefix)) continue;
      if (!ROOTS.some((root) => rest.startsWith(root))) continue;
      const at = { kind: 'static', option: name, source: 'environment' } as const;
      const first = options.get(rest);
      if (first === undefined) {
        options.set(rest, { path: rest.toLowerCase().split('_'), value, at });
      } else if (first.value !== value) {
        diagnostics.push({
          code: 'ignored',
          severity: 'warning',
          object: { kind: 'option', name },
          at,
          related: [first.at],
          message: `${name} differs from ${PREFIXES[0]}${rest}, which counts`,
          fix: 'leave one of them out',
        });
      }
    }
  }
  return { options: [...options.values()], diagnostics };
}
