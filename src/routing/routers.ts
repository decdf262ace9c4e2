import type { Diagnostic, Place } from '../config/diagnostic.js';
import type { Merged, MergedService } from '../config/merged.js';
import { isBroken, type MiddlewareConfig, type RouterConfig } from '../config/model.js';
import type { RuleSyntax } from '../rule/matcher.js';
import { about, errorText } from './finding.js';
import {
  brokenReference,
  foundInFile,
  unknownReference,
  unresolvedReference,
} from './reference-findings.js';
import type { References, Resolution } from './references.js';
import { readEntryPoints, type EntryPoints } from './router-entry-points.js';
import { readRule, type RouterRule } from './router-rule.js';
import type { RankedRoute } from './rank.js';
import type { RouterView } from './runtime.js';
import { ROUTER_LACKS } from './served.js';
import type { ServiceOutcome } from './services.js';

/** What became of a router; the next table takes over what is the same. */
export interface RouterOutcome {
  readonly merged: Merged<RouterConfig>;
  readonly links: RouterLinks;
  readonly view: RouterView;
  /** Undefined if the router cannot even hold its place (D35). */
  readonly route: RankedRoute | undefined;
  readonly hasTls: boolean;
  readonly isCatchAll: boolean;
  /** Traefik would have built its service for it: its servers are shown with a status (AGG-16). */
  readonly reachesService: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/** What a router refers to. */
export interface RouterLinks {
  readonly service: Resolution<MergedService> | undefined;
  readonly outcome: ServiceOutcome | undefined;
  readonly middlewares: readonly Resolution<Merged<MiddlewareConfig>>[];
}

export interface RouterContext {
  readonly entryPoints: EntryPoints;
  readonly services: References<MergedService>;
  readonly outcomes: ReadonlyMap<string, ServiceOutcome>;
  readonly middlewares: References<Merged<MiddlewareConfig>>;
  readonly defaultRuleSyntax: RuleSyntax;
  /** Place of a provider in the order of precedence; the smaller the stronger. */
  readonly precedenceOf: (provider: string) => number;
  /** False if more than the configuration changed. */
  readonly mayReuse: boolean;
}

/** `previous` is the outcome of the router of that name in the table before. */
export function compileRouter(
  merged: Merged<RouterConfig>,
  context: RouterContext,
  previous: RouterOutcome | undefined,
): RouterOutcome {
  const isSame = context.mayReuse && previous?.merged === merged;
  if (isSame && areCurrent(previous.links, merged, context)) return previous;

  const links = linksOf(merged, context);
  const entryPoints = readEntryPoints(merged, context.entryPoints);
  const hasTls = merged.config.tls !== undefined || isUnreadable(merged, 'tls');
  const rule = readRule(merged, hasTls, context.defaultRuleSyntax);
  const diagnostics = [
    ...entryPoints.diagnostics,
    ...rule.diagnostics,
    ...serviceFindings(merged, links, context),
    ...middlewareFindings(merged, links, context),
    ...notServed(merged),
  ];
  const { using } = entryPoints;
  const isServed = !isBroken(merged) && !diagnostics.some(stopsRouter);
  const holdsPlace = using.length > 0 && !isUnreadable(merged, 'entryPoints');
  return {
    merged,
    links,
    view: {
      merged,
      entryPoints: entryPoints.names,
      using,
      middlewares: links.middlewares.map(({ name }) => name),
      priority: using.length === 0 ? undefined : rule.priority,
      status: isServed ? (entryPoints.diagnostics.length > 0 ? 'warning' : 'enabled') : 'disabled',
      errors: [
        ...merged.diagnostics.filter(({ severity }) => severity === 'error'),
        ...entryPoints.diagnostics.filter(({ severity }) => severity === 'warning'),
        ...diagnostics.filter(stopsRouter),
      ].map(errorText),
    },
    route: holdsPlace
      ? routeOf(merged, rule, isServed ? links.outcome : undefined, context)
      : undefined,
    hasTls,
    isCatchAll: rule.isCatchAll,
    reachesService: using.length > 0 && rule.isRoutable && !isBroken(merged),
    diagnostics,
  };
}

const stopsRouter = ({ severity, code }: Diagnostic) =>
  severity === 'error' || code === 'unresolved';

function linksOf(merged: Merged<RouterConfig>, context: RouterContext): RouterLinks {
  const { service: written = '', middlewares = [] } = merged.config;
  const service = written === '' ? undefined : context.services.resolve(written, merged);
  return {
    service,
    outcome: service?.state === 'found' ? context.outcomes.get(service.name) : undefined,
    middlewares: middlewares.map((name) => context.middlewares.resolve(name, merged)),
  };
}

function areCurrent(
  { service, outcome, middlewares }: RouterLinks,
  merged: Merged<RouterConfig>,
  context: RouterContext,
): boolean {
  const { service: written = '', middlewares: names = [] } = merged.config;
  if (service !== undefined && !context.services.isCurrent(service, written, merged)) return false;
  if (service?.state === 'found' && context.outcomes.get(service.name) !== outcome) return false;
  return middlewares.every((link, i) =>
    context.middlewares.isCurrent(link, names[i] ?? '', merged),
  );
}

function routeOf(
  { name, provider }: Merged<RouterConfig>,
  { condition, priority }: RouterRule,
  outcome: ServiceOutcome | undefined,
  { precedenceOf }: RouterContext,
): RankedRoute | undefined {
  if (condition === undefined || priority === undefined) return undefined;
  const { matches, specificity } = condition;
  const precedence = precedenceOf(provider);
  return { name, priority, matches, service: outcome?.service, specificity, precedence };
}

/** 7.4 #3 and #7. */
function serviceFindings(
  router: Merged<RouterConfig>,
  { service, outcome }: RouterLinks,
  { services }: RouterContext,
): readonly Diagnostic[] {
  const { service: written = '' } = router.config;
  if (service === undefined) {
    // What could not be read has been said.
    if (router.places.has('service') && isBroken(router)) return [];
    return [
      about('router', router, 'service', {
        code: 'missing',
        severity: 'error',
        message: 'the router has no service',
        fix: 'write service',
      }),
    ];
  }
  const say = (finding: Parameters<typeof about>[3]) => about('router', router, 'service', finding);
  if (service.state === 'unknown') {
    const suggestions = services.suggest(written, router);
    return [say(unknownReference('service', written, router.provider, suggestions))];
  }
  if (service.state === 'unresolved') {
    return [say(unresolvedReference('service', written, service.provider))];
  }
  const guess = service.fromFile ? [say(foundInFile('service', written))] : [];
  const trouble = outcome?.trouble;
  return trouble ? [...guess, say(brokenReference('service', service.name, trouble))] : guess;
}

/** 7.4 #8. */
function middlewareFindings(
  router: Merged<RouterConfig>,
  { middlewares: links }: RouterLinks,
  { middlewares }: RouterContext,
): readonly Diagnostic[] {
  return links.flatMap((link, index) => {
    const written = router.config.middlewares?.[index] ?? '';
    const say = (finding: Parameters<typeof about>[3]) =>
      about('router', router, [`middlewares[${index}]`, 'middlewares'], finding);
    if (link.state === 'unknown') {
      const suggestions = middlewares.suggest(written, router);
      return [say(unknownReference('middleware', written, router.provider, suggestions))];
    }
    if (link.state === 'unresolved') {
      return [say(unresolvedReference('middleware', written, link.provider))];
    }
    const guess = link.fromFile ? [say(foundInFile('middleware', written))] : [];
    if (!isBroken(link.target)) return guess;
    const trouble = { code: 'broken-reference', text: 'is disabled', at: link.target.at } as const;
    return [...guess, say(brokenReference('middleware', link.name, trouble))];
  });
}

function notServed(router: Merged<RouterConfig>): readonly Diagnostic[] {
  return ROUTER_LACKS.filter(({ isAsked }) => isAsked(router.config)).map(({ path, what }) =>
    about('router', router, path, {
      code: 'not-served',
      severity: 'error',
      message: `this version does not serve ${what}: the router holds its place, and what it matches is closed`,
    }),
  );
}

/** True if a field was written and nothing could be made of it. */
function isUnreadable(router: Merged<RouterConfig>, field: 'tls' | 'entryPoints'): boolean {
  const place = router.places.get(field);
  if (place === undefined || router.config[field] !== undefined) return false;
  return router.diagnostics.some(({ severity, at }) => severity === 'error' && isWithin(at, place));
}

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
