import type { Diagnostic } from '../config/diagnostic.js';
import type { Claim } from './claim.js';
import type { Mention } from './mentions.js';

/** What both sides of a conflict have in common. */
interface About {
  readonly provider: string;
  readonly object: NonNullable<Diagnostic['object']>;
}

const FIX = 'declare the same in both, or give one of them another name';

/** A replicated service can have thousands of owners; a line has room for some. */
const MOST_PLACES = 10;

/** D10, for one who could have the name, were it not for an older one. */
export function conflictOfNewcomer(
  { declared }: Claim<unknown>,
  holder: Claim<unknown>,
  about: About,
): Diagnostic {
  const by = holder.part.owner.name;
  return {
    ...about,
    code: 'conflict',
    severity: 'error',
    at: declared.at,
    related: [holder.declared.at],
    message: `${about.object.kind} "${declared.name}" is declared otherwise by ${by}, which is older and keeps the name`,
    value: declared.name,
    fix: FIX,
  };
}

/** D10, for one whose declaration cannot be used. What is wrong with it is said as an error already. */
export function conflictOfUnusable(
  { declared }: Claim<unknown>,
  holder: Claim<unknown>,
  about: About,
): Diagnostic {
  const by = holder.part.owner.name;
  return {
    ...about,
    code: 'conflict',
    severity: 'info',
    at: declared.at,
    related: [holder.declared.at],
    message: `${about.object.kind} "${declared.name}" cannot be used as it is declared here; the declaration by ${by} has the name`,
    value: declared.name,
    fix: 'mend it, or leave it out',
  };
}

/** D10, for the one who has the name, and nothing to mend. */
export function conflictOfHolder(
  { declared }: Claim<unknown>,
  others: readonly Claim<unknown>[],
  about: About,
): Diagnostic {
  const [first] = others;
  const rest = others.length - 1;
  const who = `${first?.part.owner.name ?? ''}${rest === 0 ? '' : ` and ${rest} more`}`;
  return {
    ...about,
    code: 'conflict',
    severity: 'info',
    at: declared.at,
    related: others.slice(0, MOST_PLACES).map((other) => other.declared.at),
    message: `${about.object.kind} "${declared.name}" is declared otherwise by ${who}; the declaration here is in force`,
    value: declared.name,
    fix: FIX,
  };
}

/**
 * D10: who also declares the name that he refers to means his own declaration or nothing; never
 * what somebody else put under that name.
 */
export function conflictOfMention(
  { part, declared }: Claim<unknown>,
  lost: Mention,
  about: About,
): Diagnostic {
  const what = `${lost.kind} "${lost.name}"`;
  return {
    ...about,
    code: 'broken-reference',
    severity: 'info',
    at: declared.at,
    message: `"${declared.name}" refers to ${what}, and what ${part.owner.name} declares under that name is not in force`,
    value: lost.name,
    fix: `mend or rename ${what} of ${part.owner.name}`,
  };
}
