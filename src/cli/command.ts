/** What the command line asks for; `argv` holds the options that are left (CFG-7). */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'run' | 'healthcheck'; readonly argv: readonly string[] };

/** Reads the words behind the program's name. `sluice sluice …` runs, as `traefik traefik …` does. */
export function parseCommand(words: readonly string[]): Command {
  const [first, ...rest] = words;
  if (words.some((word) => /^--?(help|h)$/.test(word))) return { kind: 'help' };
  if (first === 'version' || words.some((word) => /^--?version$/.test(word))) {
    return { kind: 'version' };
  }
  if (first === 'healthcheck') return { kind: 'healthcheck', argv: rest };
  return { kind: 'run', argv: first === 'sluice' || first === 'traefik' ? rest : words };
}
