import { isFault, type Diagnostic } from '../config/diagnostic.js';
import type { Merged } from '../config/merged.js';
import { isBroken, type RouterConfig } from '../config/model.js';
import { tight } from '../config/tight.js';
import type { RuleSyntax } from '../rule/matcher.js';
import { errorText } from './finding.js';
import type { RankedRoute } from './rank.js';
import {
  readEntryPoints,
  type EntryPoints,
  type RouterEntryPoints,
} from './router-entry-points.js';
import { readRule, type RouterRule } from './router-rule.js';
import type { RouterView } from './runtime.js';
import { middlewareFindings, serviceFindings } from './router-findings.js';
import {
  areCurrent,
  haveUnknown,
  linksOf,
  referencesOf,
  type LinkContext,
  type RouterLinks,
} from './router-links.js';
import { certificateFindings, isTlsBuilt, tlsFindings, tlsOf } from './router-tls.js';
import type { StageKind } from './stage.js';
import { isUnreadable } from './unreadable.js';

/** What became of a router; the next table takes over what is the same. */
export interface RouterOutcome {
  readonly merged: Merged<RouterConfig>;
  readonly links: RouterLinks;
  readonly entryPoints: RouterEntryPoints;
  readonly rule: RouterRule;
  readonly view: RouterView;
  /** Undefined if the router cannot even hold its place (D35). */
  readonly route: RankedRoute | undefined;
  readonly hasTls: boolean;
  /** Traefik would have built its service for it: its servers are shown with a status (AGG-16). */
  readonly reachesService: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

export interface RouterContext extends LinkContext {
  readonly entryPoints: EntryPoints;
  readonly defaultRuleSyntax: RuleSyntax;
  /** Place of a provider in the order of precedence; the smaller the stronger. */
  readonly precedenceOf: (provider: string) => number;
  /** False if more than the configuration changed. */
  readonly mayReuse: boolean;
}

/** How they are kept from table to table. */
export const ROUTERS: StageKind<RouterOutcome> = {
  refersTo: ({ merged }) => referencesOf(merged),
  isRestless: ({ links }) => haveUnknown(links),
  findings: ({ diagnostics }) => diagnostics,
};

/** `previous` is the outcome of the router of that name in the table before. */
export function compileRouter(
  merged: Merged<RouterConfig>,
  context: RouterContext,
  previous: RouterOutcome | undefined,
): RouterOutcome {
  const isSame = context.mayReuse && previous?.merged === merged;
  if (isSame && areCurrent(previous.links, merged, context)) return previous;

  const links = linksOf(merged, context);
  const hasTls = merged.config.tls !== undefined || isUnreadable(merged, 'tls');
  // What a router says of itself is read once, however often that changes which it refers to.
  const { entryPoints, rule } = isSame
    ? previous
    : {
        entryPoints: readEntryPoints(merged, context.entryPoints),
        rule: readRule(merged, hasTls, context.defaultRuleSyntax),
      };
  const diagnostics = [
    ...entryPoints.diagnostics,
    ...rule.diagnostics,
    ...serviceFindings(merged, links),
    ...middlewareFindings(merged, links, context),
    ...tlsFindings(merged, links.tls),
  ];
  const { using } = entryPoints;
  const isServed = !isBroken(merged) && !diagnostics.some(isFault);
  const holdsPlace = using.length > 0 && !isUnreadable(merged, 'entryPoints');
  return {
    merged,
    links,
    entryPoints,
    rule,
    view: {
      merged,
      entryPoints: entryPoints.names,
      using,
      middlewares: tight(links.middlewares.map(({ name }) => name)),
      priority: using.length === 0 ? undefined : rule.priority,
      status: isServed ? (entryPoints.diagnostics.length > 0 ? 'warning' : 'enabled') : 'disabled',
      errors: tight(
        [
          ...merged.diagnostics.filter(isFault),
          ...entryPoints.diagnostics.filter(({ severity }) => severity === 'warning'),
          ...diagnostics.filter(isFault),
        ].map(errorText),
      ),
    },
    route: holdsPlace ? routeOf(merged, rule, isServed ? links : undefined, context) : undefined,
    hasTls,
    reachesService:
      using.length > 0 && rule.isRoutable && !isBroken(merged) && isTlsBuilt(links.tls),
    diagnostics: tight([
      ...diagnostics,
      ...certificateFindings(merged, links.tls, rule.hosts, context),
    ]),
  };
}

function routeOf(
  { name, provider }: Merged<RouterConfig>,
  { condition, hosts, priority }: RouterRule,
  links: RouterLinks | undefined,
  { precedenceOf, middlewareOutcomes }: RouterContext,
): RankedRoute | undefined {
  if (condition === undefined || priority === undefined) return undefined;
  const { matches, specificity, onlyHosts } = condition;
  const precedence = precedenceOf(provider);
  const service = links?.outcome?.service;
  const tls = service && links && tlsOf(links.tls);
  const middlewares = tight(
    (links?.middlewares ?? []).flatMap(
      (link) => middlewareOutcomes.get(link.name)?.middleware ?? [],
    ),
  );
  const ranked = { specificity, precedence, onlyHosts };
  return { name, priority, matches, hosts, tls, service, middlewares, ...ranked };
}
