import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { labelText, type Family } from './exposition.js';

/** What the process costs, and how long its event loop keeps others waiting. */
export interface ProcessFigures {
  readonly version: string;
  /** Seconds since the epoch. */
  readonly startTime: number;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly heapBytes: number;
  readonly maxDescriptors: number;
  /** In which the event loop did not wait. */
  readonly activeSeconds: number;
  /** Quantile to seconds, since it was asked last. */
  readonly delays: readonly (readonly [quantile: string, seconds: number])[];
}

const RESOLUTION_MS = 10;

/** Of Node's histogram: quantile to percentile. */
const QUANTILES = [
  ['0.5', 50],
  ['0.9', 90],
  ['0.99', 99],
  ['1', 100],
] as const;

/** Watches the process from now on; to be read at each scrape. A timer runs for it, so only where somebody asks. */
export function watchProcess(version: string, maxDescriptors: number): () => ProcessFigures {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  const startTime = Date.now() / 1_000 - process.uptime();
  return () => {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed } = process.memoryUsage();
    const delays = QUANTILES.map(
      ([quantile, percentile]) => [quantile, delayOf(histogram.percentile(percentile))] as const,
    );
    histogram.reset();
    return {
      version,
      startTime,
      cpuSeconds: (user + system) / 1e6,
      residentBytes: rss,
      heapBytes: heapUsed,
      maxDescriptors,
      activeSeconds: performance.eventLoopUtilization().active / 1_000,
      delays,
    };
  };
}

/** What is measured, in ns, holds the timer's own pause. Nothing measured yet: no delay. */
const delayOf = (ns: number) => Math.max(0, ns / 1e9 - RESOLUTION_MS / 1_000) || 0;

/** Those of the process by the names of Prometheus' own clients, Traefik's among them. */
export function processFamilies(of: ProcessFigures): readonly Family[] {
  const single = (
    name: string,
    type: 'counter' | 'gauge',
    help: string,
    value: number,
    labels = '',
  ): Family => ({ name, type, help, samples: [{ labels, value }] });
  return [
    single(
      'sluice_build_info',
      'gauge',
      'Which program this is.',
      1,
      labelText({ version: of.version, node: process.versions.node }),
    ),
    single('process_start_time_seconds', 'gauge', 'Start, since the epoch.', of.startTime),
    single('process_cpu_seconds_total', 'counter', 'CPU time, of all threads.', of.cpuSeconds),
    single('process_resident_memory_bytes', 'gauge', 'Resident memory.', of.residentBytes),
    single('process_max_fds', 'gauge', 'Limit of open files.', of.maxDescriptors),
    single('sluice_heap_used_bytes', 'gauge', 'Heap of JavaScript in use.', of.heapBytes),
    single(
      'sluice_event_loop_active_seconds_total',
      'counter',
      'Time in which the event loop did not wait: its rate is how busy it is.',
      of.activeSeconds,
    ),
    {
      name: 'sluice_event_loop_delay_seconds',
      type: 'gauge',
      help: 'How late the event loop was since the last scrape, by quantile.',
      samples: of.delays.map(([quantile, value]) => ({ labels: labelText({ quantile }), value })),
    },
  ];
}
