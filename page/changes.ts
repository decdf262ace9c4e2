import { KIND_WORDS, type Picture } from './picture.js';
import { plural } from './words.js';

/** More at once are only counted. */
const MOST = 3;

/** What whoever cannot see the picture is told: another state of an object, and new errors. */
export function changesBetween(before: Picture, now: Picture): readonly string[] {
  const told: string[] = [];
  let errors = 0;
  for (const node of now.nodes.values()) {
    const old = before.nodes.get(node.id);
    const isNews = old ? old.state !== node.state : node.state === 'bad';
    if (isNews) told.push(`${KIND_WORDS[node.kind]} ${node.name}: ${node.stateText}`);
    if (node.findings.length === 0) continue;
    const known = new Set(old?.findings.map(({ id }) => id));
    const hasNew = node.findings.some(({ id, severity }) => severity === 'error' && !known.has(id));
    if (hasNew) errors += 1;
  }
  const rest = told.length - MOST;
  return [
    ...told.slice(0, MOST),
    ...(rest > 0 ? [`and ${plural(rest, 'other change')}`] : []),
    ...(errors > 0 ? [`new errors at ${plural(errors, 'object')}`] : []),
  ];
}
