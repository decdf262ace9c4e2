import type { Steps } from '../../src/async/slices.js';

/** Work that takes so long that it rests so often. */
export function* working(rests: number): Steps<undefined> {
  for (let step = 0; step < rests * 32; step += 1) {
    const until = performance.now() + 0.2;
    while (performance.now() < until);
    yield;
  }
  return undefined;
}
