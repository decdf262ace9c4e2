import type { Steps } from '../async/slices.js';
import type { Diagnostic } from '../config/diagnostic.js';
import type { Change } from '../config/name-map.js';
import type { EntryPointInfo } from './entry-points.js';
import { about } from './finding.js';
import { HostIndex } from './host-index.js';
import { insertedByRank, type RankedRoute } from './rank.js';
import type { RouterOutcome } from './routers.js';
import {
  asksForCertificate,
  type ConnectionFacts,
  entryPointRoutes,
  type EntryPointRoutes,
  type Route,
} from './table.js';

/** The routes of one entry point, with what the next table is made of. */
export interface RankedRoutes extends EntryPointRoutes {
  readonly plain: readonly RankedRoute[];
  readonly tls: readonly RankedRoute[];
  readonly byHost: HostIndex;
  /** TLS routes that want a certificate of their clients. */
  readonly asking: number;
}

/** What changes on one entry point. */
interface Edit {
  readonly plain: RankedRoute[];
  readonly tls: RankedRoute[];
  /** How many more. */
  asking: number;
}

/** The routes of every entry point, strongest first. A list that stays as it was is the same object. */
export function* rankRoutes(
  changes: readonly Change<RouterOutcome>[],
  previous: ReadonlyMap<string, RankedRoutes> = new Map<string, RankedRoutes>(),
): Steps<ReadonlyMap<string, RankedRoutes>> {
  const edits = new Map<string, Edit>();
  const edited = (entryPoint: string): Edit => {
    const edit = edits.get(entryPoint) ?? { plain: [], tls: [], asking: 0 };
    edits.set(entryPoint, edit);
    return edit;
  };
  const gone = new Set<RankedRoute>();
  for (const { before, now } of changes) {
    yield;
    if (before?.route) {
      gone.add(before.route);
      const asks = Number(before.hasTls && asksForCertificate(before.route));
      for (const entryPoint of new Set(before.view.using)) edited(entryPoint).asking -= asks;
    }
    if (now?.route === undefined) continue;
    const asks = Number(now.hasTls && asksForCertificate(now.route));
    for (const entryPoint of new Set(now.view.using)) {
      const edit = edited(entryPoint);
      edit[now.hasTls ? 'tls' : 'plain'].push(now.route);
      edit.asking += asks;
    }
  }
  const ranked = new Map(previous);
  for (const [entryPoint, { plain, tls, asking: more }] of edits) {
    const before = previous.get(entryPoint);
    const byHost = yield* (before?.byHost ?? HostIndex.EMPTY).with(gone, tls);
    yield;
    const ofPlain = insertedByRank(before?.plain ?? [], gone, plain);
    yield;
    const ofTls = insertedByRank(before?.tls ?? [], gone, tls);
    yield;
    const asking = (before?.asking ?? 0) + more;
    const routes = entryPointRoutes(ofPlain, ofTls, matching(byHost), asking);
    ranked.set(entryPoint, { ...routes, byHost, asking });
  }
  return ranked;
}

/** Out here: a function made within would hold all that any other one there uses, such as the table before. */
const matching = (byHost: HostIndex) => (facts: ConnectionFacts) => byHost.match(facts);

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
    const catchAll = builtIn.has(entryPoint.name)
      ? routerOf(plain.find((route) => routerOf(route)?.rule.isCatchAll))
      : undefined;
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
