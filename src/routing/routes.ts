import type { Diagnostic } from '../config/diagnostic.js';
import type { Changes } from './changes.js';
import type { EntryPointInfo } from './entry-points.js';
import { about } from './finding.js';
import { byRank, type RankedRoute, type RankedRoutes } from './rank.js';
import type { RouterOutcome } from './routers.js';
import { entryPointRoutes, type Route } from './table.js';

/**
 * The routes of every entry point, strongest first. A list that stays as it was is the same object;
 * in one that changes, what stays is in order already, so that sorting it takes one pass.
 */
export function rankRoutes(
  routers: ReadonlyMap<string, RouterOutcome>,
  { appeared, gone }: Changes<RouterOutcome>,
  previous: ReadonlyMap<string, RankedRoutes> = new Map<string, RankedRoutes>(),
): ReadonlyMap<string, RankedRoutes> {
  const added = new Map<string, { plain: RankedRoute[]; tls: RankedRoute[] }>();
  const changing = (entryPoint: string) => {
    const lists = added.get(entryPoint) ?? { plain: [], tls: [] };
    added.set(entryPoint, lists);
    return lists;
  };
  for (const { view } of gone) view.using.forEach(changing);
  for (const { view, hasTls, route } of appeared) {
    if (route === undefined) continue;
    for (const entryPoint of new Set(view.using)) {
      changing(entryPoint)[hasTls ? 'tls' : 'plain'].push(route);
    }
  }
  const ranked = new Map(previous);
  const isInForce = (route: RankedRoute) => routers.get(route.name)?.route === route;
  for (const [entryPoint, { plain, tls }] of added) {
    const before = previous.get(entryPoint);
    ranked.set(
      entryPoint,
      entryPointRoutes(
        renewed(before?.plain ?? [], isInForce, plain),
        renewed(before?.tls ?? [], isInForce, tls),
      ),
    );
  }
  return ranked;
}

function renewed(
  before: readonly RankedRoute[],
  isInForce: (route: RankedRoute) => boolean,
  added: readonly RankedRoute[],
): readonly RankedRoute[] {
  const kept = before.filter(isInForce);
  if (added.length === 0) return kept.length === before.length ? before : kept;
  return [...kept, ...added].sort(byRank);
}

/** What routers do to one another on an entry point that they share. */
export function neighbourFindings(
  routes: ReadonlyMap<string, RankedRoutes>,
  routers: ReadonlyMap<string, RouterOutcome>,
  entryPoints: readonly EntryPointInfo[],
  builtIn: ReadonlySet<string>,
): readonly Diagnostic[] {
  const routerOf = (route: Route | undefined) => route && routers.get(route.name);
  return entryPoints.flatMap((entryPoint) => {
    const { plain = [], tls = [] } = routes.get(entryPoint.name) ?? {};
    const firstPlain = routerOf(plain.find(({ service }) => service !== undefined));
    const firstTls = routerOf(tls[0]);
    const findings: Diagnostic[] = [];
    if (firstPlain && firstTls) findings.push(besideTls(entryPoint, firstPlain, firstTls));
    const all = plain.find((route) => routers.get(route.name)?.rule.isCatchAll);
    const catchAll = builtIn.has(entryPoint.name) ? routerOf(all) : undefined;
    if (catchAll) findings.push(hidesBuiltIn(entryPoint, catchAll));
    return findings;
  });
}

/** D18. */
function besideTls(
  { name, sniffTimeout }: EntryPointInfo,
  plain: RouterOutcome,
  tls: RouterOutcome,
): Diagnostic {
  const consequence =
    sniffTimeout > 0
      ? `a client that waits for the server to speak first is routed after ${sniffTimeout} ms of silence`
      : 'a client that waits for the server to speak first is never routed, because sniffTimeout is off';
  const { provider: _, ...rest } = about('router', plain.merged, 'entryPoints', {
    code: 'guessed',
    severity: 'warning',
    message: `entry point "${name}" has routers with and without tls: ${consequence}`,
    fix: 'give server-first protocols an entry point without TLS routers',
    related: [tls.merged.at],
  });
  return { ...rest, object: { kind: 'entryPoint', name } };
}

/** BUG-60: routers match first (D26). */
function hidesBuiltIn({ name }: EntryPointInfo, router: RouterOutcome): Diagnostic {
  return about('router', router.merged, 'entryPoints', {
    code: 'guessed',
    severity: 'warning',
    message: `the router takes every connection to entry point "${name}", those to API and ping included`,
    fix: 'use another entry point, or a rule that says whose connections it wants',
  });
}
