import type { Merged } from '../config/merged.js';
import { isBroken, type MiddlewareConfig } from '../config/model.js';
import type { Change } from '../config/name-map.js';
import { parseIpRange, type IpRange } from '../rule/ip-range.js';
import { InFlightLimit, OpenCounts } from './middleware/in-flight.js';
import { IpAllowList, IpDenyList } from './middleware/ip-filter.js';
import type { Middleware } from './middleware/middleware.js';
import { Buckets, RateLimit } from './middleware/rate-limit.js';

/** What became of a middleware; the next table takes over what is the same. */
export interface MiddlewareOutcome {
  readonly merged: Merged<MiddlewareConfig>;
  /** Undefined: it cannot be used, and no router that names it is served. */
  readonly middleware: Middleware | undefined;
  readonly state: MiddlewareState;
}

/** What is counted under a name, whatever the settings are (D19). */
export interface MiddlewareState {
  readonly open: OpenCounts | undefined;
  readonly buckets: Buckets | undefined;
}

const NO_STATE: MiddlewareState = { open: undefined, buckets: undefined };

export interface MiddlewareContext {
  /** Of names that are not configured any more, and still have open connections. */
  readonly leftOver: ReadonlyMap<string, MiddlewareState>;
  /** False if more than the configuration changed. */
  readonly mayReuse: boolean;
}

/** `previous` is the outcome of the middleware of that name in the table before. */
export function compileMiddleware(
  merged: Merged<MiddlewareConfig>,
  { leftOver, mayReuse }: MiddlewareContext,
  previous: MiddlewareOutcome | undefined,
): MiddlewareOutcome {
  if (mayReuse && previous?.merged === merged) return previous;
  const before = previous?.state ?? leftOver.get(merged.name) ?? NO_STATE;
  if (isBroken(merged)) return { merged, middleware: undefined, state: before };
  return { merged, ...made(merged, before) };
}

/** What the next table must know of middlewares that this one does not have. */
export function leftOverOf(
  changes: readonly Change<MiddlewareOutcome>[],
  leftOver: ReadonlyMap<string, MiddlewareState>,
  now: ReadonlyMap<string, MiddlewareOutcome>,
): ReadonlyMap<string, MiddlewareState> {
  const found = new Map<string, MiddlewareState>();
  const note = (name: string, state: MiddlewareState) => {
    if (!now.has(name) && state.open?.isEmpty === false) found.set(name, state);
  };
  for (const [name, state] of leftOver) note(name, state);
  for (const { name, before } of changes) if (before) note(name, before.state);
  return found;
}

function made(
  { name, config }: Merged<MiddlewareConfig>,
  state: MiddlewareState,
): Pick<MiddlewareOutcome, 'middleware' | 'state'> {
  const { inFlightConn, rateLimit } = config;
  if (inFlightConn) {
    const open = state.open ?? new OpenCounts();
    const amount = Number(inFlightConn.amount ?? 0n);
    return { middleware: new InFlightLimit(name, amount, open), state: { ...state, open } };
  }
  if (rateLimit) {
    const buckets = state.buckets ?? new Buckets();
    const { average = 0, period = 1_000, burst = 1 } = rateLimit;
    const middleware = new RateLimit(name, { average, period, burst }, buckets);
    return { middleware, state: { ...state, buckets } };
  }
  return { middleware: ipFilter(name, config), state };
}

function ipFilter(
  name: string,
  { ipAllowList, ipWhiteList, ipDenyList }: MiddlewareConfig,
): Middleware | undefined {
  const ranges = rangesOf((ipDenyList ?? ipAllowList ?? ipWhiteList)?.sourceRange);
  if (ranges === undefined) return undefined;
  return ipDenyList ? new IpDenyList(name, ranges) : new IpAllowList(name, ranges);
}

/** All of them, or none: a list that is cut short protects less. */
function rangesOf(texts: readonly string[] = []): readonly IpRange[] | undefined {
  const ranges = texts.flatMap((text) => parseIpRange(text) ?? []);
  return ranges.length > 0 && ranges.length === texts.length ? ranges : undefined;
}
