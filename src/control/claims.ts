import { isDeepStrictEqual } from 'node:util';
import type { Diagnostic, ObjectKind } from '../config/diagnostic.js';
import { isBroken, type Declared } from '../config/model.js';
import type { Owner, Part } from '../config/provider.js';

/** One owner's declaration of a name. */
export interface Claim<T> {
  readonly owner: Owner;
  readonly declared: Declared<T>;
}

/** Who holds a name: the claims that agree, oldest first, and what to say about the object. */
export interface Holding<T> {
  readonly claims: readonly [Claim<T>, ...Claim<T>[]];
  /** The holder may not have the name, and nobody else claims it: the object is shown, and not used. */
  readonly refusal: Diagnostic | undefined;
}

/** Names that an owner declared and does not hold, per kind (D10). */
export class Losses {
  readonly #lost = new Map<string, Set<string>>();

  add(owner: Owner, kind: ObjectKind, name: string): void {
    const names = this.#lost.get(owner.id) ?? new Set();
    names.add(`${kind} ${name}`);
    this.#lost.set(owner.id, names);
  }

  has(owner: Owner, kind: ObjectKind, name: string): boolean {
    return this.#lost.get(owner.id)?.has(`${kind} ${name}`) ?? false;
  }
}

export interface ClaimRules<T> {
  readonly kind: ObjectKind;
  readonly provider: string;
  readonly losses: Losses;
  /** True if two declarations of one name may stand side by side. */
  readonly agree: (incumbent: T, newcomer: T) => boolean;
  /** Why the owner may not have this name at all, whoever else claims it. */
  readonly refused?: (claim: Claim<T>) => Diagnostic | undefined;
}

/** Oldest first; of equal age by name, so that the same input always gives the same winner (D21). */
export function inAge(parts: readonly Part[]): readonly Part[] {
  return parts.toSorted(
    ({ owner: a }, { owner: b }) =>
      a.since - b.since || compare(a.name, b.name) || compare(a.id, b.id),
  );
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Gives each name to its oldest healthy owner, and to those who say the same (D10). Whoever says
 * something else loses the name, and both are told. A name is never left without a holder because
 * of a conflict.
 */
export function settle<T>(
  parts: readonly Part[],
  select: (part: Part) => ReadonlyMap<string, Declared<T>>,
  rules: ClaimRules<T>,
): { readonly held: ReadonlyMap<string, Holding<T>>; readonly diagnostics: readonly Diagnostic[] } {
  const claims = new Map<string, Claim<T>[]>();
  for (const part of parts) {
    for (const [name, declared] of select(part)) {
      const list = claims.get(name) ?? [];
      list.push({ owner: part.owner, declared });
      claims.set(name, list);
    }
  }
  const held = new Map<string, Holding<T>>();
  const diagnostics: Diagnostic[] = [];
  for (const [name, all] of claims) {
    const settled = settleName(name, all, rules);
    diagnostics.push(...settled.diagnostics);
    held.set(name, settled);
  }
  return { held, diagnostics };
}

function settleName<T>(
  name: string,
  all: readonly Claim<T>[],
  { kind, provider, losses, agree, refused }: ClaimRules<T>,
): Holding<T> & { readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const refusals = new Map<Claim<T>, Diagnostic>();
  for (const claim of all) {
    const refusal = refused?.(claim);
    if (refusal) refusals.set(claim, refusal);
  }
  const healthy = all.filter((claim) => !refusals.has(claim) && !isBroken(claim.declared));
  // Only broken or refused claims: the oldest is shown with what is wrong, and nothing is used.
  const [incumbent = all[0], ...newcomers] = healthy;
  if (incumbent === undefined) throw new Error('a name without a claim');
  const agreeing: [Claim<T>, ...Claim<T>[]] = [incumbent];
  for (const claim of newcomers) {
    if (agree(incumbent.declared.config, claim.declared.config)) agreeing.push(claim);
    else diagnostics.push(...conflict(kind, provider, name, incumbent, claim));
  }
  for (const claim of all) {
    const isHeld = agreeing.includes(claim) && !refusals.has(claim) && !isBroken(claim.declared);
    if (!isHeld) losses.add(claim.owner, kind, name);
  }
  // A refusal of somebody who does not hold the name is his alone; of the holder it disables the object.
  for (const refusal of refusals.values()) {
    const object = refusal.object ?? { kind, name: `${name}@${provider}` };
    diagnostics.push({ ...refusal, object });
  }
  const refusal = refusals.get(incumbent);
  return { claims: agreeing, refusal, diagnostics };
}

function conflict<T>(
  kind: ObjectKind,
  provider: string,
  name: string,
  incumbent: Claim<T>,
  newcomer: Claim<T>,
): readonly Diagnostic[] {
  const object = { kind, name: `${name}@${provider}` };
  const base = { code: 'conflict', provider, object } as const;
  return [
    {
      ...base,
      severity: 'error',
      at: newcomer.declared.at,
      related: [incumbent.declared.at],
      message: `${kind} "${name}" is already declared otherwise by ${incumbent.owner.name}, which is older and keeps the name`,
      value: name,
      fix: 'write the same there, or use another name',
    },
    {
      ...base,
      severity: 'warning',
      at: incumbent.declared.at,
      related: [newcomer.declared.at],
      message: `${newcomer.owner.name} declares ${kind} "${name}" otherwise; the older declaration stays in force`,
      value: name,
      fix: 'write the same in both, or use another name',
    },
  ];
}

/** Declarations that must say the same in every field. */
export const equal = (a: unknown, b: unknown): boolean => isDeepStrictEqual(a, b);
