import type { Place } from '../config/diagnostic.js';
import type { Merged } from '../config/merged.js';
import type { RouterConfig } from '../config/model.js';

/** True if a field was written and nothing could be made of it. */
export function isUnreadable(router: Merged<RouterConfig>, field: 'tls' | 'entryPoints'): boolean {
  const place = router.places.get(field);
  if (place === undefined || router.config[field] !== undefined) return false;
  return router.diagnostics.some(({ severity, at }) => severity === 'error' && isWithin(at, place));
}

/** Labels and tags of a section have its key in front of theirs; a file is looked at by the line. */
function isWithin(at: Place, section: Place): boolean {
  if (at.kind === 'label' && section.kind === 'label') return isKeyWithin(at.key, section.key);
  if (at.kind === 'tag' && section.kind === 'tag') {
    return isKeyWithin(keyOfTag(at.tag), keyOfTag(section.tag));
  }
  return (
    at.kind === 'file' &&
    section.kind === 'file' &&
    at.path === section.path &&
    at.line === section.line
  );
}

const isKeyWithin = (key: string, section: string) =>
  key === section || key.startsWith(`${section}.`) || key.startsWith(`${section}[`);

const keyOfTag = (tag: string) => tag.split('=', 1)[0] ?? '';
