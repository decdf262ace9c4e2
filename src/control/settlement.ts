import type { Diagnostic, ObjectKind } from '../config/diagnostic.js';
import { isBroken, type Declared, type DynamicConfig } from '../config/model.js';
import type { Part } from '../config/provider.js';
import { qualified, type Claim, type Holding } from './claim.js';
import {
  conflictOfHolder,
  conflictOfMention,
  conflictOfNewcomer,
  conflictOfUnusable,
} from './conflict.js';
import { nameIn, type Mention } from './mentions.js';

export interface ClaimRules<T> {
  readonly kind: ObjectKind;
  readonly select: (config: DynamicConfig) => ReadonlyMap<string, Declared<T>>;
  /** Declarations of one name stand side by side if these texts are equal. */
  readonly content: (config: T) => string;
  /** The names that such an object refers to; their kinds must be settled before. */
  readonly mentions?: (config: T) => readonly Mention[];
  /** Why an owner may not have this name at all, whoever else claims it. */
  readonly refused?: (claim: Claim<T>) => Omit<Diagnostic, 'provider' | 'object'> | undefined;
}

/** `lost`: somebody else has the name, or he may not have it. `broken`: nobody's declaration can be used. */
type Fall = 'lost' | 'broken';

/**
 * Gives the names that some owners of one provider declare to those who may have them (D10), kind
 * by kind. Objects must be settled before those that refer to them.
 */
export class Settlement {
  readonly provider: string;
  readonly diagnostics: Diagnostic[] = [];
  readonly #parts: readonly Part[];
  readonly #fallen = new Map<Part, Map<string, Fall>>();

  /** `parts` oldest first. */
  constructor(provider: string, parts: readonly Part[]) {
    this.provider = provider;
    this.#parts = parts;
  }

  settle<T>(rules: ClaimRules<T>): readonly Holding<T>[] {
    const claims = new Map<string, [Claim<T>, ...Claim<T>[]]>();
    for (const part of this.#parts) {
      for (const [name, declared] of rules.select(part.config)) {
        const claim = { part, declared };
        const others = claims.get(name);
        if (others) others.push(claim);
        else claims.set(name, [claim]);
      }
    }
    return Array.from(claims, ([name, all]) => this.#settleName(name, all, rules));
  }

  /** True if the owner declares this name, and his declaration is not in force. */
  isDown(part: Part, kind: ObjectKind, name: string): boolean {
    return this.#fallen.get(part)?.has(`${kind} ${name}`) ?? false;
  }

  /**
   * The oldest whose declaration can be used has the name, with those who say the same. A broken
   * one gives way to a usable one, whichever is older: a name that somebody serves rightly is never
   * taken down by a slip of somebody else. If none can be used, the oldest is shown.
   */
  #settleName<T>(
    name: string,
    all: readonly [Claim<T>, ...Claim<T>[]],
    { kind, content, mentions, refused }: ClaimRules<T>,
  ): Holding<T> {
    const object = { kind, name: qualified(kind, name, this.provider) };
    const about = { provider: this.provider, object };
    const refusals = new Map<Claim<T>, Diagnostic>();
    const usable = new Set<Claim<T>>();
    for (const claim of all) {
      const reserved = refused?.(claim);
      const fallen = this.#fallenMentions(claim, mentions);
      const lost = fallen.find(({ fall }) => fall === 'lost');
      if (reserved) refusals.set(claim, { ...about, ...reserved });
      else if (lost) refusals.set(claim, conflictOfMention(claim, lost.mention, about));
      else if (fallen.length === 0 && !isBroken(claim.declared)) usable.add(claim);
    }

    const [holder = all[0]] = usable;
    const refusal = refusals.get(holder);
    const held: [Claim<T>, ...Claim<T>[]] = [holder];
    const others: Claim<T>[] = [];
    const says = ({ declared }: Claim<T>) => content(declared.config);
    const isServed = usable.size > 0;
    for (const claim of all) {
      if (claim === holder && isServed) continue;
      if (usable.has(claim) && says(claim) === says(holder)) {
        held.push(claim);
        continue;
      }
      const isRefused = refusals.has(claim);
      this.#fall(claim.part, kind, name, isServed || isRefused ? 'lost' : 'broken');
      if (isServed && !isRefused) others.push(claim);
    }

    const ofHolder = others.length === 0 ? [] : [conflictOfHolder(holder, others, about)];
    this.diagnostics.push(
      ...refusals.values(),
      ...ofHolder,
      ...others.map((other) =>
        usable.has(other)
          ? conflictOfNewcomer(other, holder, about)
          : conflictOfUnusable(other, holder, about),
      ),
    );
    return { name, claims: held, findings: refusal ? [refusal] : ofHolder };
  }

  /** What an object refers to, its owner declares too, and is not in force as he declares it. */
  #fallenMentions<T>(
    { part, declared }: Claim<T>,
    mentions: ClaimRules<T>['mentions'],
  ): readonly { readonly mention: Mention; readonly fall: Fall }[] {
    const fallen = this.#fallen.get(part);
    if (mentions === undefined || fallen === undefined) return [];
    return mentions(declared.config).flatMap((mention) => {
      const fall = fallen.get(`${mention.kind} ${nameIn(this.provider, mention)}`);
      return fall === undefined ? [] : [{ mention, fall }];
    });
  }

  #fall(part: Part, kind: ObjectKind, name: string, how: Fall): void {
    const names = this.#fallen.get(part) ?? new Map<string, Fall>();
    this.#fallen.set(part, names);
    names.set(`${kind} ${name}`, how);
  }
}
