import { isInRange, parseIpRange } from './ip-range.js';
import { bad, matcher, type Matcher } from './matcher.js';
import { excerpt, type Checked, type RuleProblem } from './problem.js';
import type { Argument } from './rule.js';

export function clientIp({ value, offset }: Argument): Checked<Matcher> {
  const range = parseIpRange(value);
  if (!range) return badRange(value, offset);
  return matcher((facts) => isInRange(range, facts.remoteAddress));
}

function badRange(value: string, offset: number): RuleProblem {
  const [withoutZone = ''] = value
    .trim()
    .replace(/^\[(.*)\]$/, '$1')
    .split('%', 1);
  const bare = withoutZone.replace(/^([^:]*):\d+$/, '$1');
  const parts = value.split(/[,\s]+/).filter((part) => part !== '');
  if (parts.length > 1 && parts.every((part) => parseIpRange(part))) {
    const each = parts.map((part) => `ClientIP(\`${part}\`)`).join(' || ');
    return bad(offset, `"${excerpt(value)}" is no address`, 'write one matcher for each', [each]);
  }
  return bad(
    offset,
    `"${excerpt(value)}" is neither an IP address nor a range such as 10.0.0.0/8`,
    'write an address or a range, without port, brackets and zone',
    parseIpRange(bare) ? [bare] : [],
  );
}
