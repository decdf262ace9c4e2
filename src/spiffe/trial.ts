import { withTimeout } from '../async/delay.js';
import type { Trial } from '../config/trial.js';
import type { IdentityWords } from './finding.js';
import type { X509Feed } from './x509-source.js';
import type { X509SvidResponse } from './x509-svid-response.js';

const ANSWER_MS = 10_000;

/** Asks once who we are. */
export async function tryIdentity(
  need: string,
  feed: X509Feed,
  { fixes, agent }: Pick<IdentityWords, 'fixes' | 'agent'>,
): Promise<Trial> {
  const life = new AbortController();
  const { signal } = life;
  try {
    const answer = await withTimeout(first(feed.messages(signal)), ANSWER_MS, signal, agent);
    const ids = answer?.svids.map(({ spiffeId }) => spiffeId) ?? [];
    if (ids.length > 0) return { need, ok: true, detail: ids.join(', ') };
    return { need, ok: false, detail: `${agent} gives no identity that can be read` };
  } catch (error) {
    const { reason, detail } = feed.troubleOf(error);
    const fix = fixes.get(reason);
    return { need, ok: false, detail: detail ?? reason, ...(fix !== undefined && { fix }) };
  } finally {
    life.abort();
  }
}

async function first(
  messages: AsyncIterable<X509SvidResponse | undefined>,
): Promise<X509SvidResponse | undefined> {
  for await (const message of messages) return message;
  return undefined;
}
