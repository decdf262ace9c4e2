import assert from 'node:assert/strict';
import { compile } from '../../src/routing/compile.js';
import { conditionOf } from '../../src/rule/condition.js';
import { parseRule } from '../../src/rule/parser.js';
import { defaultPriority } from '../../src/rule/priority.js';
import { compileOptions } from '../support/compile-options.js';
import { mergedConfig, router, service } from '../support/merged.js';
import { conform } from './support/vectors.js';

interface Input {
  readonly rule: string;
  readonly tls: boolean | 'passthrough';
  readonly priority?: number;
  readonly ruleSyntax?: string;
}

interface Verdict {
  readonly accepted: boolean;
  /** Effective. */
  readonly priority: number;
}

/** Ours, where we decided otherwise: also what is said about an accepted rule. */
interface OurVerdict extends Verdict {
  readonly notes: readonly string[];
}

const OURS: Readonly<Record<string, OurVerdict>> = {
  'any-not': { accepted: true, priority: -1, notes: ['never-matches'] },
  'host-after-any-without-tls': { accepted: false, priority: 33, notes: ['bad-rule'] },
  'regexp-v2-braces': { accepted: true, priority: 40, notes: ['v2-syntax'] },
  'regexp-without-tls': { accepted: true, priority: 20, notes: ['never-matches'] },
};

/** What becomes of a router without TLS. */
function plainVerdict({ rule, priority, ruleSyntax }: Input): OurVerdict {
  const config = {
    rule,
    service: 's',
    ...(priority !== undefined && { priority: BigInt(priority) }),
    ...(ruleSyntax !== undefined && { ruleSyntax }),
  };
  const { runtime, diagnostics } = compile(
    mergedConfig({ routers: [router('r@file', config)], services: [service('s@file', ['a:1'])] }),
    compileOptions(),
    undefined,
  );
  const view = runtime.routers.get('r@file');
  return {
    accepted: view?.status === 'enabled',
    priority: Number(view?.priority),
    notes: diagnostics.map(({ code }) => code),
  };
}

/** TLS routers are not served yet, so that their rules are looked at by themselves. */
function tlsVerdict({ rule, priority = 0, ruleSyntax }: Input): OurVerdict {
  const parsed = parseRule(rule);
  const syntax = ruleSyntax === 'v2' ? 'v2' : 'v3';
  const condition = parsed.ok ? conditionOf(parsed.value, syntax) : parsed;
  const computed = defaultPriority(rule, parsed.ok ? parsed.value : undefined);
  return {
    accepted: condition.ok,
    priority: priority === 0 ? Number(computed) : priority,
    notes: condition.ok ? condition.value.notes.map(({ code }) => code) : [],
  };
}

conform<Input, Verdict>('rules', ({ id, input, traefik, sluice }) => {
  const { notes, ...verdict } = input.tls === false ? plainVerdict(input) : tlsVerdict(input);
  if (sluice) {
    assert.deepEqual({ ...verdict, notes }, OURS[id]);
  } else {
    const { accepted, priority } = traefik;
    assert.deepEqual(verdict, { accepted, priority });
  }
});
