import { cut } from './decode/reading.js';
import { parseSpiffeId, parseTrustDomain, type SpiffeIdProblem } from './spiffe-id.js';

/** Whom a transport takes for its servers, as written. */
export interface WrittenSpiffe {
  readonly ids?: readonly string[] | undefined;
  readonly trustDomain?: string | undefined;
}

/** What is wrong in such a section, at one of its keys. */
export interface SpiffeFinding {
  readonly key: 'ids' | 'trustDomain';
  readonly severity: 'error' | 'warning';
  readonly code: 'bad-value' | 'ignored';
  readonly message: string;
  readonly value: string;
  readonly fix: string;
}

/** Names and IDs are compared byte for byte: what is not well-formed would match no server, ever. */
export function spiffeFindings({
  ids = [],
  trustDomain = '',
}: WrittenSpiffe): readonly SpiffeFinding[] {
  const badIds = ids.flatMap((id) => {
    const parsed = parseSpiffeId(id);
    return parsed.ok ? [] : [badValue('ids', id, 'SPIFFE ID', FIXES[parsed.problem])];
  });
  const domain = trustDomain === '' ? undefined : parseTrustDomain(trustDomain);
  if (domain?.ok === false) {
    const fix = `write a name such as example.org: ${FIXES[domain.problem]}`;
    return [...badIds, badValue('trustDomain', trustDomain, 'trust domain', fix)];
  }
  const outside = domain && ids.find((id) => trustDomainOf(id) !== domain.value);
  if (outside === undefined || badIds.length > 0) return badIds;
  return [
    {
      key: 'trustDomain',
      severity: 'warning',
      code: 'ignored',
      message: `trustDomain has no effect beside ids, and "${cut(outside)}" is outside it`,
      value: cut(trustDomain),
      fix: 'leave out trustDomain, or the ids outside it',
    },
  ];
}

const FIXES: Readonly<Record<SpiffeIdProblem, string>> = {
  scheme: 'begin with spiffe://',
  'trust-domain': 'the trust domain has only lower-case letters, digits and . - _',
  path: 'each part of the path has only letters, digits and . - _, and none is empty, . or ..',
};

const badValue = (
  key: SpiffeFinding['key'],
  value: string,
  what: string,
  fix: string,
): SpiffeFinding => ({
  key,
  severity: 'error',
  code: 'bad-value',
  message: `"${cut(value)}" is no ${what}`,
  value: cut(value),
  fix,
});

function trustDomainOf(id: string): string | undefined {
  const parsed = parseSpiffeId(id);
  return parsed.ok ? parsed.value.trustDomain : undefined;
}
