import type { Wall, Work } from './load.js';

/** One kind of work, and how its figures read. */
export interface Case {
  readonly name: 'connections' | 'trips' | 'streams' | 'idle';
  readonly title: string;
  readonly work: Work;
  /** As many operations before the measured ones. */
  readonly warmUp: number;
  readonly unit: string;
  /** Units in one second of CPU time for one operation; in one KB of memory for `idle`. */
  readonly scale: number;
  /** Headings of the wall figures, and the figures. */
  readonly wall: Readonly<Record<string, (wall: Wall) => number>>;
  /** What Sluice aims at: at most this ratio to the first contender, or this figure. */
  readonly aim: string;
}

const MIB_PER_GB = 1e9 / 2 ** 20;

const perSecond =
  (count: number) =>
  ({ seconds }: Wall) =>
    Math.round(count / seconds);

const milliseconds = {
  'p50 ms': ({ p50 }: Wall) => p50 / 1e3,
  'p99 ms': ({ p99 }: Wall) => p99 / 1e3,
};

export const CASES: readonly Case[] = [
  {
    // First: memory grows in a process that has just started.
    name: 'idle',
    title: '5,000 connections that made one round trip and are idle',
    work: { mode: 'idle', count: 5_000, parallel: 64 },
    warmUp: 0,
    unit: 'KB',
    scale: 1,
    wall: {},
    aim: '9 KB',
  },
  {
    name: 'connections',
    title: 'short connections, 64 at a time: 64 B there, 128 B back, closed by the server',
    work: { mode: 'connections', count: 12_000, parallel: 64 },
    warmUp: 6_000,
    unit: 'µs CPU',
    scale: 1e6,
    wall: { 'per second': perSecond(12_000), ...milliseconds },
    aim: '1.5',
  },
  {
    name: 'trips',
    title: 'round trips over 64 connections: 64 B there, 128 B back',
    work: { mode: 'trips', count: 100_000, parallel: 64 },
    warmUp: 30_000,
    unit: 'µs CPU',
    scale: 1e6,
    wall: { 'per second': perSecond(100_000), ...milliseconds },
    aim: '1.45',
  },
  {
    name: 'streams',
    title: '1 GiB from the server over 8 connections',
    work: { mode: 'streams', count: 1_024, parallel: 8 },
    warmUp: 256,
    unit: 's CPU per GB',
    scale: MIB_PER_GB,
    wall: { 'GB/s': ({ seconds }) => 1_024 / MIB_PER_GB / seconds },
    aim: '1.05',
  },
];
