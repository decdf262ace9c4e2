import { backoff } from '../async/backoff.js';
import { delay } from '../async/delay.js';
import type { Diagnostic } from '../config/diagnostic.js';
import type { Provider, Snapshot } from '../config/provider.js';
import { adviceFor } from '../config/trial.js';
import type { Logger } from '../telemetry/log.js';

/** How much one provider knows, and since when. Times in ms since the epoch. */
export interface ProviderState {
  readonly name: string;
  /** Where its source is. */
  readonly endpoint: string;
  /** The last one; in force while the source is lost. */
  readonly snapshot: Snapshot | undefined;
  readonly delivered: boolean;
  /** When the source last said what it knows, or confirmed that nothing changed. */
  readonly lastSuccess: number | undefined;
  /** The same in ms of the monotonic clock, for ages: the other one jumps. */
  readonly confirmedAt: number | undefined;
  readonly failingSince: number | undefined;
  readonly error: string | undefined;
  /** What helps against it. */
  readonly fix: string | undefined;
  /** In a row, without success. */
  readonly failures: number;
  /** Since the start. */
  readonly errors: number;
}

export interface SuperviseOptions {
  readonly endpoint: string;
  readonly log: Logger;
  /** In ms since the epoch. */
  readonly now: () => number;
  /** The monotonic clock, in ms. */
  readonly elapsed: () => number;
  readonly signal: AbortSignal;
  /** Called at each snapshot, also when it is the same as before, and at each failure. */
  readonly changed: (state: ProviderState) => void;
}

/**
 * A source must have held for this long before its next loss is met with the shortest wait again: one
 * that answers and dies at once, over and over, is not to be asked ten times a second.
 */
const STEADY_MS = 5_000;

/** A provider that hangs in its library does not hold up the end of the program for longer. */
const GRACE_MS = 1_000;

export const unstarted = (name: string, endpoint: string): ProviderState => ({
  name,
  endpoint,
  snapshot: undefined,
  delivered: false,
  lastSuccess: undefined,
  confirmedAt: undefined,
  failingSince: undefined,
  error: undefined,
  fix: undefined,
  failures: 0,
  errors: 0,
});

/**
 * Runs one provider until the signal aborts, or until it ends by itself because it is not to watch:
 * the only place where sources are retried. What was known stays in force while the source is lost,
 * for however long. Never rejects.
 */
export async function supervise(provider: Provider, options: SuperviseOptions): Promise<void> {
  const over = new AbortController();
  const ended = keepWatching(provider, options).finally(() => over.abort());
  await Promise.race([ended, givenUp(options.signal, over.signal)]);
}

async function keepWatching(provider: Provider, options: SuperviseOptions): Promise<void> {
  const { endpoint, log, now, elapsed, signal, changed } = options;
  const { name } = provider;
  let state = unstarted(name, endpoint);
  const advance = (next: Partial<ProviderState>) => {
    state = { ...state, ...next };
    changed(state);
  };

  for (let waits = 0; !signal.aborted; waits += 1) {
    const started = elapsed();
    try {
      for await (const snapshot of provider.watch(signal)) {
        if (signal.aborted) return;
        if (state.failingSince !== undefined) {
          const lostForMs = now() - state.failingSince;
          log.info({ provider: name, endpoint, lostForMs }, 'provider is back');
        }
        advance({
          snapshot,
          delivered: true,
          lastSuccess: now(),
          confirmedAt: elapsed(),
          failingSince: undefined,
          error: undefined,
          fix: undefined,
          failures: 0,
        });
      }
      return;
    } catch (error) {
      if (signal.aborted) return;
      sayLost(error, state, options);
      const isSteady = state.failures === 0 && state.delivered && elapsed() - started >= STEADY_MS;
      if (isSteady) waits = 0;
      advance({
        failingSince: state.failingSince ?? now(),
        error: messageOf(error),
        fix: fixOf(error),
        failures: state.failures + 1,
        errors: state.errors + 1,
      });
    }
    await delay(backoff(waits), signal);
  }
}

/** Said once when it is lost and once when it is back; the attempts between only count. */
function sayLost(error: unknown, state: ProviderState, { endpoint, log }: SuperviseOptions): void {
  const level = state.failingSince === undefined ? 'warn' : 'debug';
  // An error without a code is nothing that the source or the system said: its stack is needed.
  const err = error instanceof Error && !('code' in error) ? error : messageOf(error);
  const text = state.delivered
    ? 'provider lost its source; what it knew stays in force'
    : 'provider does not reach its source';
  log[level](
    { code: 'provider-lost', provider: state.name, endpoint, err, fix: fixOf(error) },
    text,
  );
}

/** Resolves some time after the abort; never if `over` aborts first. */
async function givenUp(signal: AbortSignal, over: AbortSignal): Promise<void> {
  if (!signal.aborted) {
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true, signal: over });
    });
  }
  await delay(GRACE_MS, over);
}

/** The finding about a provider that is lost; undefined for one that is not. */
export function lossOf(state: ProviderState): Diagnostic | undefined {
  if (state.failingSince === undefined) return undefined;
  return {
    code: 'provider-lost',
    severity: 'warning',
    provider: state.name,
    object: { kind: 'provider', name: state.name },
    at: { kind: 'endpoint', url: state.endpoint },
    message: state.delivered
      ? 'the provider lost its source; what it knew stays in force'
      : 'the provider has not reached its source yet',
    ...(state.error !== undefined && { value: state.error }),
    ...(state.fix !== undefined && { fix: state.fix }),
  };
}

/** What helps: what the provider says, or what is known of such errors. */
const fixOf = (error: unknown): string =>
  adviceFor(error) ??
  'see that the endpoint is right, reachable and allowed; it is tried again every second';

/** Some errors have no words, only a code, and that of several addresses has only others' words. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message.trim();
  return 'code' in error ? String(error.code) : error.name;
}
