import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { type TestContext } from 'node:test';

const FOLDER = 'test/conformance';

/** One input and what Traefik made of it. */
export interface Vector<Input, Outcome> {
  readonly id: string;
  readonly input: Input;
  readonly traefik: Outcome;
  /** We decided otherwise. */
  readonly sluice?: { readonly decision: string; readonly expect: string };
}

/** The vectors of a file, as they were captured: whoever reads one says what its input looks like. */
function vectorsOf<Input, Outcome>(file: string): readonly Vector<Input, Outcome>[] {
  const document = JSON.parse(readFileSync(`${FOLDER}/vectors/${file}.json`, 'utf8')) as {
    readonly vectors: readonly Vector<Input, Outcome>[];
  };
  return document.vectors;
}

/**
 * One test per vector. A vector on the pending list waits for a later issue, so it must fail: the
 * list is to end empty.
 */
export function conform<Input, Outcome>(
  file: string,
  check: (vector: Vector<Input, Outcome>, t: TestContext) => void | Promise<void>,
): void {
  const pending = pendingOf(file);
  const vectors = vectorsOf<Input, Outcome>(file);
  for (const vector of vectors) {
    const issue = pending.get(vector.id);
    if (issue === undefined) {
      test(`${file}: ${vector.id}`, (t) => check(vector, t));
      continue;
    }
    test(`${file}: ${vector.id} waits for issue ${issue}`, async (t) => {
      const holds = await passes(() => check(vector, t));
      assert.equal(holds, false, 'it holds: take it off the pending list');
    });
  }
  test(`${file}: everything on the pending list is a vector`, () => {
    const ids = new Set(vectors.map(({ id }) => id));
    assert.deepEqual(
      [...pending.keys()].filter((id) => !ids.has(id)),
      [],
    );
  });
}

async function passes(check: () => void | Promise<void>): Promise<boolean> {
  try {
    await check();
    return true;
  } catch (error) {
    if (error instanceof assert.AssertionError) return false;
    throw error;
  }
}

function pendingOf(file: string): ReadonlyMap<string, number> {
  const all = JSON.parse(readFileSync(`${FOLDER}/pending.json`, 'utf8')) as Readonly<
    Record<string, Readonly<Record<string, number>>>
  >;
  return new Map(Object.entries(all[file] ?? {}));
}
