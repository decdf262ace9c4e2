import assert from 'node:assert/strict';
import { answersOf, type RoutesInput } from './support/route-answers.js';
import { conform } from './support/vectors.js';

interface Answers {
  readonly answers: readonly string[];
}

/** What we decided otherwise, by id. */
const OURS: Readonly<Record<string, readonly string[]>> = {
  'layout-T-S-any': ['t', 't', 's', 'any', 'any', 's', 'closed'],
  'sni-wildcard-and-exact': ['e', 'w'],
  'sni-wildcard-longer-than-exact': ['e'],
  'tls-unknown-version-is-ignored': ['closed'],
  // D18: silence counts only after zero bytes; what cannot be a ClientHello is plain (DP-36).
  'bytes-0x16-that-is-no-hello': [
    'closed at the deadline',
    't',
    't',
    'closed',
    'closed at the deadline',
    't',
    't',
    't',
    'closed',
  ],
  // D1: Traefik cuts at the client's FIN, without the delay that it documents.
  'bytes-only-plain-router': ['t', 't', 't'],
};

conform<RoutesInput, Answers & { readonly variants?: readonly Answers[] }>(
  'routes',
  async ({ id, input, traefik, sluice }, t) => {
    const answers = await answersOf(t, input);
    const ours = OURS[id];
    if (ours !== undefined) {
      assert.deepEqual(answers, ours);
      return;
    }
    assert.equal(
      sluice,
      undefined,
      'we decided otherwise here, and nobody wrote down what happens',
    );
    const seen = (traefik.variants ?? [traefik]).map((variant) =>
      variant.answers.map((answer, index) => expected(answer, answers[index], input)),
    );
    const same = seen.find((variant) => variant.join() === answers.join());
    if (same === undefined) assert.deepEqual(answers, seen[0]);
  },
);

/** What Traefik's answer means for a TCP proxy. */
function expected(
  answer: string,
  ours: string | undefined,
  { tlsOptions = {} }: RoutesInput,
): string {
  // What fell through to its HTTP half is closed.
  if (/^https?$/.test(answer)) return 'closed';
  // Whom nobody can take need not be kept waiting.
  if (answer === 'closed at the deadline' && ours === 'closed') return ours;
  // Data-plane facts 10, 30: no protocol is chosen unless one is configured.
  const hasProtocols = Object.values(tlsOptions).some(({ alpnProtocols }) => alpnProtocols);
  return hasProtocols ? answer : answer.replace(/ \(.*\)$/, '');
}
