import type { Rule } from './rule.js';

/** Above this a router may not go; what is higher belongs to the program itself. */
export const MAX_PRIORITY = 9_223_372_036_854_775_807n - 1000n;

/** The catch-all: one HostSNI(`*`) and nothing else. Negated too, as in Traefik (AGG-21). */
export function isCatchAll(rule: Rule): boolean {
  if (rule.kind === 'not') return isCatchAll(rule.rule);
  return (
    rule.kind === 'call' &&
    rule.name === 'HostSNI' &&
    rule.args.length === 1 &&
    rule.args[0]?.value === '*'
  );
}

/** The priority of a router that asks for none. `rule` is undefined if the text cannot be read. */
export function defaultPriority(text: string, rule: Rule | undefined): bigint {
  return rule !== undefined && isCatchAll(rule) ? -1n : BigInt(Buffer.byteLength(text));
}
