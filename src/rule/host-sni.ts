import {
  bad,
  matcher,
  SPECIFICITY,
  type Matcher,
  type Predicate,
  type RuleNote,
  type RuleSyntax,
} from './matcher.js';
import { excerpt, short, UNFILLED, type Checked, type RuleProblem } from './problem.js';
import type { Argument } from './rule.js';

const HOST_V3 = /^(?:\*\.)?[0-9A-Za-z_.\-:]+$/;
const HOST_V2 = /^[0-9A-Za-z_.\-:]+$/;
const always: Predicate = () => true;

export function hostSni({ value, offset }: Argument): Checked<Matcher> {
  if (value === '*') return matcher(always, { onTls: true });
  if (!HOST_V3.test(value)) return badHost(value, offset);
  const name = value.toLowerCase().replace(/\.$/, '');
  const colon = name.indexOf(':');
  if (!name.startsWith('*')) {
    return matcher((facts) => facts.serverName === name, {
      specificity: SPECIFICITY.exact,
      onlyHosts: [name],
      notes: colon < 0 ? [] : [withPort(name, offset, colon)],
    });
  }
  // The wildcard stands for exactly one label.
  const parent = name.slice(1);
  return matcher(
    ({ serverName }) =>
      serverName !== undefined &&
      serverName.slice(serverName.indexOf('.')) === parent &&
      serverName.indexOf('.') > 0,
    { specificity: SPECIFICITY.wildcard, onlyHosts: [name] },
  );
}

export function hostSniV2({ value, offset }: Argument, isFirst: boolean): Checked<Matcher> {
  // Behind another value `*` wants a name, whichever (data-plane facts 1.3).
  if (value === '*') {
    return matcher(
      isFirst ? always : (facts) => facts.serverName !== undefined,
      isFirst ? { onTls: true } : {},
    );
  }
  if (!HOST_V2.test(value)) return badHost(value, offset, 'v2');
  const name = value.toLowerCase();
  const bare = name.replace(/\.$/, '');
  return matcher(({ serverName }) => serverName === name || serverName === bare, {
    specificity: SPECIFICITY.exact,
    onlyHosts: [name, bare],
  });
}

/** Accepted by Traefik; SNI holds a name and nothing else (RFC 6066, 3). */
function withPort(name: string, offset: number, colon: number): RuleNote {
  return {
    code: 'never-matches',
    offset,
    reason: `clients say a name without a port, so "${excerpt(name)}" never matches`,
    fix: 'write the name alone',
    suggestions: short([name.slice(0, colon)]),
  };
}

function badHost(value: string, offset: number, syntax: RuleSyntax = 'v3'): RuleProblem {
  const reason = `"${excerpt(value)}" is no host name`;
  if (value.includes('$')) {
    return bad(offset, reason, UNFILLED);
  }
  if (/[^\x20-\x7e]/.test(value)) return bad(offset, reason, 'write the punycode form, xn--…');
  const stripped = value
    .trim()
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/\/.*$/, '');
  if (stripped !== value && HOST_V3.test(stripped)) {
    return bad(offset, reason, 'write the name alone', [stripped]);
  }
  const parts = value.split(/[,\s]+/).filter((part) => part !== '');
  if (parts.length > 1 && parts.every((part) => HOST_V3.test(part))) {
    const each = parts.map((part) => `HostSNI(\`${part}\`)`).join(' || ');
    return bad(offset, reason, 'write one matcher for each host', [each]);
  }
  if (value.includes('*')) {
    const fix =
      syntax === 'v2'
        ? 'v2 syntax has no wildcards: use v3, or HostSNIRegexp'
        : 'a wildcard is the whole first label, as in *.example.com; use HostSNIRegexp for anything else';
    return bad(offset, reason, fix);
  }
  return bad(offset, reason, 'write a name, *.name, or * for any host');
}
