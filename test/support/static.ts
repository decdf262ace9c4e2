import assert from 'node:assert/strict';
import { loadStatic, type LoadedStatic } from '../../src/config/static/load.js';
import { formatPlace, type Diagnostic } from '../../src/config/diagnostic.js';
import type { StaticConfig } from '../../src/config/static.js';

export interface Given {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** By path; an error stands for a file that cannot be read. */
  readonly files?: Readonly<Record<string, string | Error>>;
  readonly node?: string;
}

/** Loads a static configuration from files in memory. */
export function load({ args = [], env = {}, files = {}, node }: Given): LoadedStatic {
  const texts = new Map(Object.entries(files));
  const readFile = (path: string) => texts.get(path);
  return loadStatic({ argv: args, env, readFile, ...(node !== undefined && { node }) });
}

/** Loads a file of this text, named `s.yml`. */
export const loadYaml = (text: string): LoadedStatic =>
  load({ args: ['--configFile=s.yml'], files: { 's.yml': text } });

export function accepted(loaded: LoadedStatic): StaticConfig {
  assert.ok(loaded.ok, JSON.stringify(loaded.diagnostics));
  return loaded.config;
}

/** What is said, in short: code, place, and the first suggestion. */
export const said = ({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }) =>
  diagnostics.map(({ code, at, suggestions }) =>
    [code, formatPlace(at), ...(suggestions ?? []).slice(0, 1)].join(' | '),
  );
