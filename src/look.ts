import { withTimeout } from './async/delay.js';
import { servicePort } from './config/decode/service-names.js';
import type { Diagnostic } from './config/diagnostic.js';
import type { MergedConfig } from './config/merged.js';
import type { Provider, Snapshot } from './config/provider.js';
import type { StaticConfig } from './config/static.js';
import { adviceFor } from './config/trial.js';
import { merge } from './control/merge.js';
import { readPemFile } from './control/pem-file.js';
import { PemFiles } from './control/pem-files.js';
import { pemValuesOf } from './control/pem-values.js';
import type { ConfiguredProvider } from './providers.js';
import { compile, type Compiled } from './routing/compile.js';
import type { EntryPointInfo } from './routing/entry-points.js';
import type { ServerTls } from './net/server-tls.js';
import { newIdentity } from './tls/identity.js';

/** A source that does not answer within it is lost. */
const TIMEOUT_MS = 10_000;

/** What a configuration comes to now, without being served. */
export interface Look {
  readonly merged: MergedConfig;
  readonly compiled: Compiled;
  /** All that was found, the static configuration included; each once. */
  readonly diagnostics: readonly Diagnostic[];
  /** Sources that could not be asked, and why. */
  readonly lost: readonly {
    readonly provider: string;
    readonly endpoint: string;
    readonly why: string;
    readonly fix?: string;
  }[];
}

export interface LookOptions {
  readonly config: StaticConfig;
  /** Of the static configuration. */
  readonly findings: readonly Diagnostic[];
  readonly configured: readonly ConfiguredProvider[];
  /** No entry point is known: those that routers name are taken for granted. */
  readonly inferEntryPoints: boolean;
  /** Providers that are not asked: what nobody else declares, they may. */
  readonly pending?: readonly string[];
  /** Where the PEM files that a container names are on this machine. */
  readonly onHost?: (path: string) => string | undefined;
}

/** Asks every provider once and makes of it what `run` would make. Listens and dials nowhere. */
export async function look(options: LookOptions): Promise<Look> {
  const { findings, configured } = options;
  const life = new AbortController();
  try {
    const snapshots = new Map<string, Snapshot>();
    const lost: Look['lost'][number][] = [];
    await Promise.all(
      configured.map(async ({ provider, endpoint }) => {
        try {
          const asked = firstOf(provider, life.signal);
          const snapshot = await withTimeout(asked, TIMEOUT_MS, life.signal, endpoint);
          if (snapshot)
            snapshots.set(provider.name, joined(snapshots.get(provider.name), snapshot));
        } catch (error) {
          const why = error instanceof Error ? error.message || error.name : String(error);
          const fix = adviceFor(error);
          lost.push({ provider: provider.name, endpoint, why, ...(fix !== undefined && { fix }) });
        }
      }),
    );
    const unheard = lost.map(({ provider }) => provider);
    const pemFiles = new PemFiles({
      changed: () => {},
      signal: life.signal,
      read: (path) => readPemFile(options.onHost?.(path) ?? path),
    });
    const all = (pending: readonly string[]) =>
      compiledOf(merge(snapshots, new Set([...unheard, ...pending])), options, pemFiles);
    const known = await all([]);
    const { pending = [] } = options;
    const isMissing = known.compiled.diagnostics.some(({ code }) => code === 'unknown-reference');
    const { merged, compiled } = isMissing && pending.length > 0 ? await all(pending) : known;
    const found = [...findings, ...merged.diagnostics, ...compiled.diagnostics];
    // Certificates are listed in files.
    const isCertain = ({ code }: Diagnostic) =>
      code !== 'no-certificate' || !pending.includes('file');
    const diagnostics = found.filter(isCertain);
    return { merged, compiled, diagnostics, lost };
  } finally {
    life.abort();
  }
}

async function compiledOf(
  merged: MergedConfig,
  { config, inferEntryPoints }: LookOptions,
  pemFiles: PemFiles,
): Promise<Pick<Look, 'merged' | 'compiled'>> {
  const ofStatic = config.tcpServersTransport.tls?.rootCAs ?? [];
  const compiled = compile(
    merged,
    {
      entryPoints: inferEntryPoints ? namedBy(merged) : [...config.entryPoints.values()],
      precedence: config.providers.precedence,
      defaultTransport: config.tcpServersTransport,
      defaultRuleSyntax: config.defaultRuleSyntax,
      builtIn: new Set(),
      portOf: servicePort,
      // No SVID is needed to look: whether there is one, `run` says.
      spiffe: config.spiffe && (() => NO_IDENTITY),
      connect: () => NO_IDENTITY,
      tls: newIdentity(),
    },
    undefined,
    await pemFiles.of(pemValuesOf(merged, ofStatic)),
  );
  return { merged, compiled };
}

/** Of one provider that was asked at several places. */
const joined = (before: Snapshot | undefined, { parts, diagnostics }: Snapshot): Snapshot => ({
  parts: [...(before?.parts ?? []), ...parts],
  diagnostics: [...(before?.diagnostics ?? []), ...diagnostics],
});

async function firstOf(provider: Provider, signal: AbortSignal): Promise<Snapshot | undefined> {
  for await (const snapshot of provider.watch(signal)) return snapshot;
  return undefined;
}

const NO_IDENTITY: ServerTls = { handshakeWith: () => ({ reason: 'no-identity', detail: '' }) };

function namedBy({ routers }: MergedConfig): readonly EntryPointInfo[] {
  const names = new Set([...routers.values()].flatMap(({ config }) => config.entryPoints ?? []));
  if (names.size === 0) names.add('any');
  return [...names].map((name) => ({ name, protocol: 'tcp', asDefault: false, sniffTimeout: 0 }));
}
