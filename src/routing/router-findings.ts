import type { Diagnostic } from '../config/diagnostic.js';
import type { Merged } from '../config/merged.js';
import { isBroken, type RouterConfig } from '../config/model.js';
import { about, type Unplaced } from './finding.js';
import {
  brokenReference,
  foundInFile,
  unknownReference,
  unresolvedReference,
} from './reference-findings.js';
import type { LinkContext, RouterLinks } from './router-links.js';

/** 7.4 #3 and #7. */
export function serviceFindings(
  router: Merged<RouterConfig>,
  { service, outcome }: RouterLinks,
): readonly Diagnostic[] {
  const { service: written = '' } = router.config;
  if (service === undefined) {
    // What could not be read has been said, and of labels why no service could be chosen.
    const isSaid = router.places.has('service') || router.provider !== 'file';
    if (isSaid && isBroken(router)) return [];
    return [
      about('router', router, 'service', {
        code: 'missing',
        severity: 'error',
        message: 'the router has no service',
        fix: 'write service',
      }),
    ];
  }
  const say = (finding: Unplaced) => about('router', router, 'service', finding);
  if (service.state === 'unknown') {
    return [say(unknownReference('service', written, router.provider, service.suggestions))];
  }
  if (service.state === 'unresolved') {
    return [say(unresolvedReference('service', written, service.provider))];
  }
  const guess = service.fromFile ? [say(foundInFile('service', written))] : [];
  const trouble = outcome?.trouble;
  return trouble ? [...guess, say(brokenReference('service', service.name, trouble))] : guess;
}

/** 7.4 #8. */
export function middlewareFindings(
  router: Merged<RouterConfig>,
  { middlewares: links }: RouterLinks,
  { middlewareOutcomes: outcomes }: Pick<LinkContext, 'middlewareOutcomes'>,
): readonly Diagnostic[] {
  return links.flatMap((link, index) => {
    const written = router.config.middlewares?.[index] ?? '';
    const say = (finding: Unplaced) =>
      about('router', router, [`middlewares[${index}]`, 'middlewares'], finding);
    if (link.state === 'unknown') {
      return [say(unknownReference('middleware', written, router.provider, link.suggestions))];
    }
    if (link.state === 'unresolved') {
      return [say(unresolvedReference('middleware', written, link.provider))];
    }
    const guess = link.fromFile ? [say(foundInFile('middleware', written))] : [];
    if (outcomes.get(link.name)?.middleware) return guess;
    const text = isBroken(link.target) ? 'is disabled' : 'is of no kind';
    const trouble = { code: 'broken-reference', text, at: link.target.at } as const;
    return [...guess, say(brokenReference('middleware', link.name, trouble))];
  });
}
