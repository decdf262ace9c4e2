import { isFault, type Diagnostic } from '../config/diagnostic.js';
import type { Merged, MergedConfig } from '../config/merged.js';
import { isBroken, type TlsOptionsConfig } from '../config/model.js';
import type { Materials, Pem } from '../config/pem.js';
import type { TlsIdentity } from '../tls/identity.js';
import { readOptions, type TlsSettings } from '../tls/options.js';
import type { CertificateStore } from '../tls/store.js';
import { OptionTermination } from '../tls/termination.js';
import { about, errorText } from './finding.js';

/** The set that routers use which name none. It has no provider (AGG-12). */
export const DEFAULT_OPTIONS = 'default';

/** What became of one set of TLS options; the next generation takes over what is the same. */
export interface OptionsOutcome {
  /** Undefined: `default`, which nobody declares. */
  readonly merged: Merged<TlsOptionsConfig> | undefined;
  readonly pems: readonly Pem[];
  readonly store: CertificateStore;
  readonly settings: TlsSettings | undefined;
  /** Undefined: routers that use the set are closed (D35). */
  readonly termination: OptionTermination | undefined;
  readonly errors: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface OptionsContext {
  readonly materials: Materials;
  readonly store: CertificateStore;
  readonly identity: TlsIdentity;
}

/** By qualified name; `default` is always among them. */
export function compileTlsOptions(
  { tlsOptions }: MergedConfig,
  context: OptionsContext,
  previous: ReadonlyMap<string, OptionsOutcome> | undefined,
): ReadonlyMap<string, OptionsOutcome> {
  const names = new Set([DEFAULT_OPTIONS, ...tlsOptions.keys()]);
  const outcomes = new Map<string, OptionsOutcome>();
  for (const name of names) {
    outcomes.set(name, compileSet(name, tlsOptions.get(name), context, previous?.get(name)));
  }
  return outcomes;
}

function compileSet(
  name: string,
  merged: Merged<TlsOptionsConfig> | undefined,
  { materials, store, identity }: OptionsContext,
  previous: OptionsOutcome | undefined,
): OptionsOutcome {
  const { caFiles = [] } = merged?.config.clientAuth ?? {};
  const pems = caFiles.map((value) => materials.pem(value));
  const isSame = previous?.merged === merged && pems.every((pem, i) => pem === previous?.pems[i]);
  if (isSame && previous?.store === store) return previous;
  if (merged && isBroken(merged)) {
    const errors = merged.diagnostics.filter(isFault).map(errorText);
    return {
      merged,
      pems,
      store,
      settings: undefined,
      termination: undefined,
      errors,
      diagnostics: [],
    };
  }
  const { settings: read, problems } = readOptions(merged?.config ?? {}, materials);
  // Only a file has changed: as with certificates, a broken one keeps the last good one (D46).
  const settings = read ?? (previous?.merged === merged ? previous?.settings : undefined);
  const stays = settings !== undefined && read === undefined;
  const diagnostics = problems.flatMap(({ path, message, ...rest }) => {
    if (merged === undefined) return [];
    const text = stays ? `the last good content stays in force: ${message}` : message;
    return [
      about('tlsOptions', merged, [path, path.replace(/\[\d+\]$/, '')], { ...rest, message: text }),
    ];
  });
  return {
    merged,
    pems,
    store,
    settings,
    termination:
      settings && OptionTermination.of(name, settings, store, identity, previous?.termination),
    errors: diagnostics.filter(({ severity }) => severity === 'error').map(errorText),
    diagnostics,
  };
}
