import { RE2JS } from 're2js';

/**
 * A Go pattern as a search in a text, in linear time whatever the pattern (D24), or why it is none.
 * Traefik takes such a pattern for one that matches nothing (DKR-25), so that `!` exposes everybody.
 */
export function searchOf(pattern: string): ((text: string) => boolean) | string {
  try {
    const compiled = RE2JS.compile(pattern);
    return (text) => compiled.matcher(text).find();
  } catch (error) {
    return `the pattern cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}
