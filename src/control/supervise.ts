import { backoff } from '../async/backoff.js';
import { delay } from '../async/delay.js';
import type { Diagnostic } from '../config/diagnostic.js';
import type { Provider, Snapshot } from '../config/provider.js';

export interface Logger {
  error(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
  debug(fields: object, message: string): void;
}

/** How much one provider knows, and since when. Times in ms since the epoch. */
export interface ProviderState {
  readonly name: string;
  /** Where its source is. */
  readonly endpoint: string;
  /** The last one; in force while the source is lost. */
  readonly snapshot: Snapshot | undefined;
  readonly lastSuccess: number | undefined;
  readonly failingSince: number | undefined;
  readonly error: string | undefined;
}

export interface SuperviseOptions {
  readonly endpoint: string;
  readonly log: Logger;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Called at each snapshot, also when it is the same as before, and at each loss. */
  readonly changed: (state: ProviderState) => void;
}

export const unstarted = (name: string, endpoint: string): ProviderState => ({
  name,
  endpoint,
  snapshot: undefined,
  lastSuccess: undefined,
  failingSince: undefined,
  error: undefined,
});

/**
 * Runs one provider until the signal aborts: the only place where sources are retried. What was
 * known stays in force while the source is lost, for however long.
 */
export async function supervise(provider: Provider, options: SuperviseOptions): Promise<void> {
  const { endpoint, log, now, signal, changed } = options;
  const { name } = provider;
  let state = unstarted(name, endpoint);
  const advance = (next: Partial<ProviderState>) => {
    state = { ...state, ...next };
    changed(state);
  };

  for (let failures = 0; !signal.aborted;) {
    try {
      for await (const snapshot of provider.watch(signal)) {
        failures = 0;
        if (state.failingSince !== undefined) {
          log.info({ provider: name, lostForMs: now() - state.failingSince }, 'provider is back');
        }
        advance({ snapshot, lastSuccess: now(), failingSince: undefined, error: undefined });
      }
      return;
    } catch (err) {
      if (signal.aborted) return;
      const error = messageOf(err);
      // Said once when it is lost and once when it is back; the attempts between only count.
      const level = state.failingSince === undefined ? 'warn' : 'debug';
      log[level](
        { provider: name, endpoint, err: error },
        'provider lost its source; what it knew stays in force',
      );
      advance({ failingSince: state.failingSince ?? now(), error });
    }
    await delay(backoff(failures++), signal);
  }
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
    message:
      state.snapshot === undefined
        ? 'the provider could not be reached yet'
        : 'the provider lost its source; what it knew stays in force',
    ...(state.error !== undefined && { value: state.error }),
    fix: 'see that the endpoint is right, reachable and allowed; it is tried again every second',
  };
}

/** A system error's code says more than its words; some library errors have no words. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  return 'code' in error ? String(error.code) : error.name;
}
