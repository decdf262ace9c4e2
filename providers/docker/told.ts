import type { Step, TellStory } from '../../src/config/story.js';
import { translate, type Translation, type TranslationContext } from './container.js';
import { ownerKind, placeOf } from './finding.js';
import type { Container } from './inspected.js';
import { COMPOSE_SERVICE } from './label-keys.js';

/** Reads one container, and tells on the way what was chosen and why, if somebody asks. */
export function told(
  container: Container,
  context: TranslationContext,
  tell: TellStory | undefined,
): Translation {
  if (tell === undefined) return translate(container, context);
  const steps: Step[] = [];
  const translation = translate(container, { ...context, tell: (step) => steps.push(step) });
  const service = container.swarm?.name ?? container.labels.get(COMPOSE_SERVICE);
  const { id, name } = container;
  const aliases = [id, ...(service === undefined ? [] : [service])];
  tell({ kind: ownerKind(container), id, name, aliases, at: placeOf(container), steps });
  return translation;
}
