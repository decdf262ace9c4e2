import { X509Certificate } from 'node:crypto';
import { pemBlocks, pemTrouble, type Materials } from '../config/pem.js';
import type { Problem } from './problem.js';

/**
 * The certificates in one value, a path or PEM content, each as PEM. What is wrong with it goes to
 * `problems`: a set of authorities is never silently smaller than it was meant (D6).
 */
export function authoritiesIn(
  value: string,
  path: string,
  materials: Materials,
  problems: Problem[],
): readonly string[] {
  const bad = (message: string, fix: string) => {
    problems.push({ path, code: 'unreadable', severity: 'error', message, fix });
    return [];
  };
  const pem = materials.pem(value);
  if (!pem.ok) {
    const { text, fix } = pemTrouble(value, pem.reason);
    return bad(text, fix);
  }
  const blocks = pemBlocks(pem.text)?.filter(({ label }) => label.endsWith('CERTIFICATE')) ?? [];
  if (blocks.length === 0) {
    return bad('there is no whole certificate in it', 'name certificates of authorities');
  }
  try {
    return blocks.map(({ text }) => new X509Certificate(text).toString());
  } catch {
    return bad('a certificate in it cannot be read', 'see that the file is whole');
  }
}
