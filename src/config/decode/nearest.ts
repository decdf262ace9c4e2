import { closestMatch } from 'leven';

/** A third of the word may be wrong, but at least one character and no more than four. */
const distanceFor = (word: string) => Math.min(4, Math.max(1, Math.floor(word.length / 3)));

/** Beyond this a word is no slip of the pen, and comparing costs the square of its length. */
const LONGEST_WORD = 100;

/** The valid name that was probably meant, in its own spelling, or nothing. */
export function nearest(word: string, candidates: Iterable<string>): readonly string[] {
  if (word.length > LONGEST_WORD) return [];
  const bySpelling = new Map([...candidates].map((name) => [name.toLowerCase(), name]));
  const lower = word.toLowerCase();
  const spellings = [...bySpelling.keys()];
  const match =
    closestMatch(lower, spellings, { maxDistance: distanceFor(word) }) ??
    // Two letters in the wrong order are the commonest slip, and count as two wrong ones.
    spellings.find((name) => name.length === lower.length && lettersOf(name) === lettersOf(lower));
  const name = match === undefined ? undefined : bySpelling.get(match);
  return name === undefined ? [] : [name];
}

const lettersOf = (word: string) => Array.from(word).sort().join('');
