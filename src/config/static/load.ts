import type { Node } from '../decode/tree.js';
import { reading, type Reading } from '../decode/reading.js';
import { walk } from '../decode/walk.js';
import type { Diagnostic, Place } from '../diagnostic.js';
import type { StaticConfig } from '../static.js';
import { apiOf, checkBuiltIn } from './built-in.js';
import { findConfigFile, type ConfigFile, type ReadFile } from './config-file.js';
import { entryPointsOf } from './entry-points.js';
import { parseEnvironment, type Environment, type ParsedEnvironment } from './environment.js';
import { Findings } from './findings.js';
import { parseFlags, type ParsedFlags } from './flags.js';
import { reportIgnored } from './ignored.js';
import { accessLogOf, logOf } from './log.js';
import { reportNotServed } from './not-served.js';
import { optionTree } from './option-tree.js';
import { providersOf } from './providers.js';
import { checkRoot } from './root-checks.js';
import { staticSchema, type WrittenStatic } from './schema.js';
import { checkWantedPeers, spiffeOf } from './spiffe.js';

export interface StaticSources {
  /** Without the program's name and command. */
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly readFile: ReadFile;
  /** The version of Node that it is for; this one unless it is said. */
  readonly node?: string;
}

export type LoadedStatic =
  | {
      readonly ok: true;
      readonly config: StaticConfig;
      readonly diagnostics: readonly Diagnostic[];
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/**
 * Loads the static configuration: file, else flags, else environment, and nothing is merged across
 * them (CFG-1, D23). Never throws: what is wrong is a diagnostic, and an error refuses the start.
 */
export function loadStatic(sources: StaticSources): LoadedStatic {
  const { node, diagnostics: beside } = sourceOf(sources);
  const { written, section, diagnostics } = read(node);
  const found = [...beside, ...diagnostics];
  if (written === undefined || isRefused(found)) return { ok: false, diagnostics: found };
  const findings = new Findings(section.places);
  const config = configOf(written, sources, findings);
  const all = [...found, ...findings.list];
  return isRefused(all) ? { ok: false, diagnostics: all } : { ok: true, config, diagnostics: all };
}

const isRefused = (diagnostics: readonly Diagnostic[]) =>
  diagnostics.some(({ severity }) => severity === 'error');

function configOf(
  written: WrittenStatic,
  sources: StaticSources,
  findings: Findings,
): StaticConfig {
  const { node = process.versions.node } = sources;
  const entryPoints = entryPointsOf(written, findings, node);
  checkBuiltIn(written, entryPoints, findings);
  checkWantedPeers(written.tcpServersTransport, findings);
  reportNotServed(written, findings);
  return {
    entryPoints,
    providers: providersOf(written.providers, sources, findings),
    tcpServersTransport: transportOf(written.tcpServersTransport),
    log: logOf(written.log),
    accessLog: accessLogOf(written.accessLog, findings),
    api: apiOf(written.api, sources.readFile, findings),
    ping: written.ping,
    metrics: written.metrics,
    spiffe: spiffeOf(written.spiffe, sources.env, findings),
    defaultRuleSyntax: written.core.defaultRuleSyntax,
  };
}

function transportOf({
  tls,
  ...rest
}: WrittenStatic['tcpServersTransport']): StaticConfig['tcpServersTransport'] {
  return { ...rest, tls: tls && { ...tls, spiffe: tls.spiffe } };
}

interface Read {
  /** Undefined: there is an error. */
  readonly written: WrittenStatic | undefined;
  readonly section: Reading;
  readonly diagnostics: readonly Diagnostic[];
}

/** Holds a tree against the schema. */
function read(root: Node | undefined): Read {
  const section = reading({ mode: 'options', provider: undefined, object: undefined });
  if (root === undefined) return { written: staticSchema.parse({}), section, diagnostics: [] };
  const checked = checkRoot(root);
  const walked =
    checked.node.children.length === 0 ? {} : walk(staticSchema, checked.node, '', section);
  const diagnostics = [
    ...checked.diagnostics,
    ...section.diagnostics,
    ...reportIgnored(section.foreign),
  ];
  const written = isRefused(diagnostics) ? undefined : staticSchema.parse(walked);
  return { written, section, diagnostics };
}

/** The one source that counts, and what is to say of the others. */
interface Source {
  readonly node: Node | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

function sourceOf({ argv, env, readFile }: StaticSources): Source {
  const flags = parseFlags(argv);
  const environment = parseEnvironment(env);
  const file = findConfigFile(flags.configFile, env, readFile);
  if (file) return fileAlone(file, flags, environment);
  if (argv.length > 0) {
    const tree = optionTree(flags.options);
    const unread = notRead(environment.options[0]?.at, 'environment variables', 'flags');
    return { node: tree.node, diagnostics: [...flags.diagnostics, ...tree.diagnostics, ...unread] };
  }
  const node = environment.options.length > 0 ? optionTree(environment.options).node : undefined;
  return { node, diagnostics: environment.diagnostics };
}

/** What the command line says is checked even where the file counts (CFG-8). */
function fileAlone(file: ConfigFile, flags: ParsedFlags, environment: ParsedEnvironment): Source {
  const unused = read(flags.options.length > 0 ? optionTree(flags.options).node : undefined);
  return {
    node: file.node,
    diagnostics: [
      ...flags.diagnostics,
      ...unused.diagnostics.filter(({ severity }) => severity === 'error'),
      ...file.diagnostics,
      ...notRead(flags.options[0]?.at, 'flags', file.path),
      ...notRead(environment.options[0]?.at, 'environment variables', file.path),
    ],
  };
}

function notRead(at: Place | undefined, what: string, winner: string): readonly Diagnostic[] {
  if (at === undefined) return [];
  return [
    {
      code: 'ignored',
      severity: 'warning',
      at,
      message: `${what} are not read beside ${winner}`,
      fix: 'write all options in one place',
    },
  ];
}
