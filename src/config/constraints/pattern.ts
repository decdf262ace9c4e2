import { RE2JS } from 're2js';

/**
 * A Go pattern as a search in a text, in linear time whatever the pattern (D24). One that cannot be
 * read matches nothing (DKR-25).
 */
export function searchOf(pattern: string): (text: string) => boolean {
  try {
    const compiled = RE2JS.compile(pattern);
    return (text) => compiled.matcher(text).find();
  } catch {
    return () => false;
  }
}
