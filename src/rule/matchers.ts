import { clientIp } from './client-ip.js';
import { hostSni, hostSniV2 } from './host-sni.js';
import { hostSniRegexp, hostSniRegexpV2 } from './host-sni-regexp.js';
import { bad, matcher, type Matcher, type RuleSyntax } from './matcher.js';
import { problem, short, type Checked, type RuleProblem } from './problem.js';
import type { Argument, MatcherCall, MatcherName } from './rule.js';

interface MatcherKind {
  readonly v3: (argument: Argument) => Checked<Matcher>;
  readonly v2: (argument: Argument, isFirst: boolean) => Checked<Matcher>;
}

function alpn({ value, offset }: Argument): Checked<Matcher> {
  if (value === 'acme-tls/1') {
    return bad(offset, '"acme-tls/1" is what certificate authorities use, and cannot be routed');
  }
  return matcher((facts) => facts.alpn.includes(value));
}

const KINDS: Readonly<Record<MatcherName, MatcherKind>> = {
  HostSNI: { v3: hostSni, v2: hostSniV2 },
  HostSNIRegexp: { v3: hostSniRegexp, v2: hostSniRegexpV2 },
  ClientIP: { v3: clientIp, v2: clientIp },
  ALPN: { v3: alpn, v2: alpn },
};

/** The arguments of a matcher, which are alternatives. v3 allows one. */
export function matchersOf(call: MatcherCall, syntax: RuleSyntax): Checked<readonly Matcher[]> {
  const { name, args, offset } = call;
  if (args.length === 0 || (syntax === 'v3' && args.length > 1)) {
    return problem({
      code: 'argument-count',
      offset: args[1]?.offset ?? offset,
      reason: `${name} takes ${syntax === 'v3' ? 'one argument' : 'one argument or more'}, not ${args.length}`,
      ...(args.length === 0
        ? { fix: `write ${name}(\`…\`)` }
        : {
            fix: 'join several matchers with ||',
            suggestions: short([args.map(({ value }) => `${name}(\`${value}\`)`).join(' || ')]),
          }),
    });
  }
  const matchers: Matcher[] = [];
  for (const [index, argument] of args.entries()) {
    const kind = KINDS[name];
    const matcher =
      argument.value === '' ? emptyArgument(argument, name) : kind[syntax](argument, index === 0);
    if (!matcher.ok) return matcher;
    matchers.push(matcher.value);
  }
  return { ok: true, value: matchers };
}

function emptyArgument({ offset }: Argument, name: MatcherName): RuleProblem {
  return bad(
    offset,
    `the argument of ${name} is empty`,
    name === 'HostSNI' ? 'write * for any host' : undefined,
  );
}
