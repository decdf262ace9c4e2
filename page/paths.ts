import type { Finding } from './answers.js';
import { isBeside, type Node, type Picture } from './picture.js';
import { placeText } from './words.js';

/** The IDs of `starts` and of all that is to their left and to their right. */
export function pathOf({ nodes, from }: Picture, starts: Iterable<string>): ReadonlySet<string> {
  const known = [...starts].filter((id) => nodes.has(id));
  const path = new Set<string>(known);
  reach(known, (id) => nodes.get(id)?.to ?? [], path, nodes);
  // What stands beside the columns is on the paths of those who use it.
  const users = known.flatMap((id) => usersOf(nodes.get(id)));
  reach([...known, ...users], (id) => from.get(id) ?? [], path, nodes);
  return path;
}

const usersOf = (node: Node | undefined) => (node && isBeside(node) ? node.to : []);

function reach(
  starts: readonly string[],
  next: (id: string) => readonly string[],
  path: Set<string>,
  nodes: Picture['nodes'],
): void {
  const seen = new Set(starts);
  const open = [...starts];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (nodes.has(id)) path.add(id);
    for (const other of next(id)) {
      if (seen.has(other)) continue;
      seen.add(other);
      open.push(other);
    }
  }
}

export interface Wanted {
  /** As typed. */
  readonly search: string;
  readonly onlyProblems: boolean;
}

export const isProblem = ({ state, findings }: Node): boolean =>
  state === 'bad' || state === 'warning' || findings.some(({ severity }) => severity !== 'info');

/** What is asked for, with all that it is connected to; undefined: everything. */
export function wantedIn(picture: Picture, wanted: Wanted): ReadonlySet<string> | undefined {
  const words = searchWords(wanted.search);
  if (words.length === 0 && !wanted.onlyProblems) return undefined;
  const found: string[] = [];
  for (const node of picture.nodes.values()) {
    if (wanted.onlyProblems && !isProblem(node)) continue;
    if (words.length === 0 || hasAll(textOf(node), words)) found.push(node.id);
  }
  return pathOf(picture, found);
}

/** Of a search: all of them, in lower case. */
export const searchWords = (search: string): readonly string[] =>
  search.toLowerCase().split(/\s+/).filter(Boolean);

/** The text has all of these words, in any case. */
export function hasAll(text: string, words: readonly string[]): boolean {
  const lower = text.toLowerCase();
  return words.every((word) => lower.includes(word));
}

export const findingText = ({ message, code, value = '', object, at }: Finding): string =>
  [message, code, value, object?.name ?? '', placeText(at)].join('\n');

const textOf = ({ name, what, stateText, words, findings }: Node): string =>
  [name, what, stateText, ...words, ...findings.map(findingText)].join('\n');
