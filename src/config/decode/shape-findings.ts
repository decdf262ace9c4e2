import type { Place } from '../diagnostic.js';
import { belongsTo } from './elsewhere.js';
import { nearest } from './nearest.js';
import { cut, quoted, report, type Reading } from './reading.js';
import { fieldsOf, type Section } from './schema.js';
import { firstPlace, type Node } from './tree.js';

/** A key that its section does not know. `isObject`: the section is that of a named object. */
export function reportMisplaced(
  node: Node,
  section: Section,
  isObject: boolean,
  reading: Reading,
): void {
  const { mode } = reading;
  const fields = fieldsOf(section, mode);
  const isDotted = isObject && node.children.some(({ key }) => fields.has(key.toLowerCase()));
  if (isDotted && mode === 'labels') {
    reportDotted(node, reading);
    return;
  }
  const known = Array.from(fields.values(), ({ key }) => key);
  reportUnknown(
    node,
    known,
    mode === 'options' ? undefined : belongsTo(node.key, section, mode),
    reading,
  );
}

/** `db.test.rule`: the fields of an object stand below what was to be the rest of its name. */
function reportDotted(node: Node, reading: Reading): void {
  const name = `${reading.object?.name ?? ''}-${node.key}`;
  report(reading, {
    code: 'unknown-key',
    severity: 'error',
    at: firstPlace(node),
    message: `unknown key ${quoted(node.key)}`,
    value: cut(node.key),
    fix: `names have no dot: write ${cut(name)}`,
    suggestions: [cut(name)],
  });
}

function reportUnknown(
  node: Node,
  known: readonly string[],
  elsewhere: string | undefined,
  reading: Reading,
): void {
  const suggestions = elsewhere === undefined ? nearest(node.key, known) : [elsewhere];
  report(reading, {
    code: 'unknown-key',
    severity: 'error',
    at: node.at,
    message: `unknown key ${quoted(node.key)}`,
    value: cut(node.key),
    fix:
      suggestions[0] === undefined
        ? `write one of ${known.join(', ')}`
        : elsewhere !== undefined
          ? `write it as ${elsewhere}`
          : `did you mean ${quoted(suggestions[0])}?`,
    suggestions: suggestions.length > 0 ? suggestions : known,
  });
}

export function reportUnread(node: Node, why: string, reading: Reading): void {
  report(reading, {
    code: 'ignored',
    severity: 'warning',
    at: node.at,
    message: `what stands under ${quoted(node.key)} has no effect: ${why}`,
    fix: 'leave it out',
  });
}

export function refuseList(node: Node, wanted: string, reading: Reading): void {
  report(reading, {
    code: 'bad-value',
    severity: 'error',
    at: node.valueAt,
    message: `${quoted(node.key)} is not ${wanted}`,
    ...(node.value !== undefined && { value: cut(node.value) }),
    fix: isToml(node.at) ? `write ${wanted}, each below [[…${node.key}]]` : `write ${wanted}`,
  });
}

const isToml = (place: Place) => place.kind === 'file' && place.path.endsWith('.toml');

/** LBL-13: Traefik takes such a label and forgets it. */
export function reportUnreadIndex(node: Node, reading: Reading): void {
  const [first] = node.children;
  const deeper = node.children.find((child) => child.children.length > 0);
  report(reading, {
    code: deeper ? 'unknown-key' : 'ignored',
    severity: deeper ? 'error' : 'warning',
    at: (deeper ?? first ?? node).at,
    message: `${quoted(node.key)} takes no index: what stands behind it is not read`,
    fix: `write the items in one value, with commas: ${node.key}=a,b`,
  });
}
