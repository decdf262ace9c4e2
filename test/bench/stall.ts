import { monitorEventLoopDelay } from 'node:perf_hooks';

/**
 * Loaded into the measured program beside it (`node --import`): says over the channel to its parent how
 * late its event loop was, in ms. Off while nobody asks, for the measuring takes CPU time itself.
 */
export interface Stalls {
  readonly longest: number;
  readonly p99: number;
}

const RESOLUTION_MS = 1;

const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

process.on('message', (order: 'watch' | 'read') => {
  if (order === 'watch') {
    histogram.reset();
    histogram.enable();
    process.send?.('watching');
    return;
  }
  histogram.disable();
  const lateness = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
  const stalls: Stalls = {
    longest: lateness(histogram.max),
    p99: lateness(histogram.percentile(99)),
  };
  process.send?.(stalls);
});
process.channel?.unref();
