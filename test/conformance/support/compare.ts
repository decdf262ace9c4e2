import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { rawdataText } from '../../../src/api/rawdata.js';
import { atOnce } from '../../../src/async/slices.js';
import { servicePort } from '../../../src/config/decode/service-names.js';
import type { Diagnostic } from '../../../src/config/diagnostic.js';
import type { Snapshot } from '../../../src/config/provider.js';
import { merge } from '../../../src/control/merge.js';
import { compile, type CompileOptions } from '../../../src/routing/compile.js';
import { textOf } from '../../support/api.js';
import { compileOptions } from '../../support/compile-options.js';

/** What Traefik's `/api/rawdata` showed, and whether it logged an error. */
export interface RawOutcome extends Sections {
  readonly log?: boolean;
  /** Traefik is not deterministic here: each of these was seen. */
  readonly variants?: readonly Sections[];
}

export interface Sections {
  readonly tcpRouters?: Objects;
  readonly tcpServices?: Objects;
  readonly tcpMiddlewares?: Objects;
}

export type Objects = Readonly<Record<string, Members>>;
export type Members = Readonly<Record<string, unknown>>;

/** What Sluice makes of snapshots: what its API shows of them, and what it has to say. */
export interface Outcome {
  readonly sections: Sections;
  readonly diagnostics: readonly Diagnostic[];
}

/** Snapshots through merge, compiler and API, as the program does it; no socket is opened. */
export function outcomeOf(
  snapshots: ReadonlyMap<string, Snapshot>,
  rest: Partial<CompileOptions> = {},
): Outcome {
  const merged = merge(snapshots, new Set());
  const options = compileOptions({ portOf: servicePort, ...rest });
  const { runtime, diagnostics } = compile(merged, options, undefined);
  return {
    sections: comparable(plain(textOf(atOnce(rawdataText(runtime))))),
    diagnostics: [...merged.diagnostics, ...diagnostics],
  };
}

/** Holds if the outcome is one that Traefik had: of errors their presence counts, not their words. */
export function assertAsTraefik(outcome: Outcome, traefik: RawOutcome): void {
  const { log = false, variants, ...sections } = traefik;
  const seen = (variants ?? [sections]).map(comparable);
  const same = seen.find((variant) => JSON.stringify(variant) === JSON.stringify(outcome.sections));
  if (same === undefined) assert.deepEqual(outcome.sections, seen[0]);
  if (log) assert.notDeepEqual(said(outcome), [], 'Traefik said something, and Sluice does not');
}

/** An outcome of ours in short, where a vector says that we decided otherwise. */
export interface OurOutcome {
  /** `enabled → service`, `disabled tls → service`, by qualified name. */
  readonly routers?: Readonly<Record<string, string>>;
  /** `enabled address address`. */
  readonly services?: Readonly<Record<string, string>>;
  /** `enabled`. */
  readonly middlewares?: Readonly<Record<string, string>>;
  /** `severity code object` of what is said; infos only count where they are listed. */
  readonly said: readonly string[];
}

export function assertOurs(outcome: Outcome, ours: OurOutcome | undefined): void {
  assert.ok(ours !== undefined, 'we decided otherwise here, and nobody wrote down what happens');
  const { said: expected, ...objects } = ours;
  const { tcpRouters, tcpServices, tcpMiddlewares } = outcome.sections;
  const infos = said(outcome, ['info']).filter((line) => expected.includes(line));
  assert.deepEqual(
    {
      ...(tcpRouters && { routers: inShort(tcpRouters, routerInShort) }),
      ...(tcpServices && { services: inShort(tcpServices, serviceInShort) }),
      ...(tcpMiddlewares && { middlewares: inShort(tcpMiddlewares, statusOf) }),
      said: [...said(outcome), ...infos].sort(),
    },
    { ...objects, said: expected.toSorted() },
  );
}

function inShort(objects: Objects, view: (members: Members) => string) {
  return Object.fromEntries(Object.entries(objects).map(([name, object]) => [name, view(object)]));
}

const statusOf = ({ status }: Members) => String(status);

const routerInShort = (router: Members) =>
  [
    statusOf(router),
    ...(router['tls'] === undefined ? [] : ['tls']),
    ...(typeof router['service'] === 'string' ? ['→', router['service']] : []),
  ].join(' ');

function serviceInShort(service: Members): string {
  const { servers = [] } = (service['loadBalancer'] ?? {}) as {
    readonly servers?: readonly { readonly address?: string }[];
  };
  return [statusOf(service), ...servers.map(({ address = '-' }) => address)].join(' ');
}

/** What an outcome says, each as `severity code object`, in order. */
function said(
  { diagnostics }: Outcome,
  severities: readonly string[] = ['error', 'warning'],
): readonly string[] {
  return diagnostics
    .filter(({ severity }) => severities.includes(severity))
    .map(({ severity, code, object }) => {
      const name = object?.kind === 'file' ? basename(object.name) : (object?.name ?? '');
      return [severity, code, name].join(' ').trim();
    })
    .sort();
}

/** As a vector writes it: an integer beyond 2^53 as text. */
function plain(text: string): Sections {
  const exact = text.replace(/:(-?\d{16,})(?=[,}])/g, (all, digits: string) =>
    Number.isSafeInteger(Number(digits)) ? all : `:"${digits}"`,
  );
  return JSON.parse(exact) as Sections;
}

/** Sections with sorted keys and `error: true` for errors; without what Traefik does not have. */
function comparable(sections: Sections): Sections {
  const { tcpRouters, tcpServices, tcpMiddlewares } = sections;
  return {
    ...(tcpRouters && { tcpRouters: each(tcpRouters, (members) => members) }),
    ...(tcpServices && { tcpServices: each(tcpServices, (members) => members) }),
    // Traefik never fills in who uses a middleware (BUG-9).
    ...(tcpMiddlewares && {
      tcpMiddlewares: each(tcpMiddlewares, ({ usedBy: _, ...members }) => members),
    }),
  };
}

function each(objects: Objects, view: (members: Members) => Members): Objects {
  const names = Object.keys(objects).sort();
  return Object.fromEntries(
    names.map((name) => {
      const { error, ...members } = view(objects[name] ?? {});
      return [name, sorted({ ...members, ...(error !== undefined && { error: true }) })];
    }),
  );
}

function sorted(members: Members): Members {
  const entries = Object.keys(members)
    .sort()
    .map((key) => [key, isMembers(members[key]) ? sorted(members[key]) : members[key]] as const);
  return Object.fromEntries(entries);
}

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
