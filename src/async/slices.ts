/** Work that says, at each `yield`, that it may rest there. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Others wait no longer than this, in ms, and what the last step takes. */
const SLICE_MS = 0.5;
/** So many steps are taken before anybody looks at the clock: small work is always done at once. */
const SMALL = 32;

/** Does the work without a rest. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Does the work, and lets others have their turn in between: a promise only if it takes longer than a slice. */
export function inSlices<T>(steps: Steps<T>): T | Promise<T> {
  return slice(steps, SMALL);
}

function slice<T>(steps: Steps<T>, unseen: number): T | Promise<T> {
  const began = performance.now();
  for (let taken = 1; ; taken += 1) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (taken >= unseen && performance.now() - began >= SLICE_MS) return rested(steps);
  }
}

async function rested<T>(steps: Steps<T>): Promise<T> {
  await new Promise((resolve) => setImmediate(resolve));
  return slice(steps, 1);
}
