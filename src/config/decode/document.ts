import type { Diagnostic, Place } from '../diagnostic.js';
import { EMPTY_CONFIG } from '../model.js';
import { decodeDynamic, type DecodedConfig } from './dynamic.js';
import type { Locate } from './syntax.js';
import { expand, type TemplateError } from './template.js';
import { parseToml } from './toml.js';
import type { Node } from './tree.js';
import { parseYaml } from './yaml.js';

export type Format = 'yaml' | 'toml';

/** The format that a file's name says (FIL-13), in any case; JSON is YAML. */
export function formatOf(path: string): Format | undefined {
  const extension = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase();
  if (extension === 'toml') return 'toml';
  return extension === 'yaml' || extension === 'yml' || extension === 'json' ? 'yaml' : undefined;
}

export interface ParsedDocument {
  readonly node: Node | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a file's text into a tree. `path` is only shown. */
export function parseDocument(text: string, path: string, format: Format): ParsedDocument {
  return parseAt(text, path, format, (offset) => offset, text);
}

function parseAt(
  text: string,
  path: string,
  format: Format,
  original: (offset: number) => number,
  source: string,
): ParsedDocument {
  const lines = lineStarts(source);
  const locate: Locate = (offset) => placeAt(lines, path, original(offset));
  const { node, problems } = format === 'toml' ? parseToml(text, locate) : parseYaml(text, locate);
  return {
    node,
    diagnostics: problems.map(({ severity, offset, message, fix }) => ({
      code: 'syntax',
      severity,
      object: { kind: 'file', name: path },
      at: locate(offset),
      message,
      fix,
    })),
  };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function placeAt(lines: readonly number[], path: string, offset: number): Place {
  let [low, high] = [0, lines.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((lines[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return { kind: 'file', path, line: low + 1, column: offset - (lines[low] ?? 0) + 1 };
}

export interface DocumentOptions {
  /** Only shown. */
  readonly path: string;
  readonly format: Format;
  readonly provider: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface DecodedDocument extends DecodedConfig {
  /** False: nothing of the text could be read, and the last good state stays (D9). */
  readonly readable: boolean;
}

/** Reads the dynamic configuration of one file (FIL-*). */
export function decodeDocument(source: string, options: DocumentOptions): DecodedDocument {
  const { path, format, provider, env } = options;
  const expanded = expand(source, env);
  const { node, diagnostics } = parseAt(expanded.text, path, format, expanded.original, source);
  const lines = lineStarts(source);
  const said = [
    ...templateDiagnostics(expanded.errors, (offset) => placeAt(lines, path, offset)),
    ...diagnostics,
  ].map((diagnostic) => ({ provider, ...diagnostic }));
  const readable = !said.some(({ severity }) => severity === 'error');
  if (!readable || node === undefined) {
    return { config: EMPTY_CONFIG, diagnostics: said, readable };
  }
  const decoded = decodeDynamic(node, { mode: 'document', provider, allowPrivileged: true });
  return { config: decoded.config, diagnostics: [...said, ...decoded.diagnostics], readable };
}

/** What is not supported comes in pairs, `range` and `end`: the first of a file stands for all. */
function templateDiagnostics(
  errors: readonly TemplateError[],
  at: (offset: number) => Place,
): readonly Diagnostic[] {
  const unsupported = errors.filter(({ reason }) => reason === 'not-supported');
  const [first, ...more] = unsupported;
  return errors
    .filter((error) => error === first || error.reason === 'unset')
    .map((error) => templateDiagnostic(error, at(error.offset), more.length));
}

function templateDiagnostic(
  { reason, template }: TemplateError,
  at: Place,
  more: number,
): Diagnostic {
  return reason === 'unset'
    ? {
        code: 'template',
        severity: 'warning',
        at,
        message: `${template} names a variable that is not set, and is empty`,
        value: template,
        fix: 'set the variable where Sluice is started',
      }
    : {
        code: 'template',
        severity: 'error',
        at,
        message: `the template ${template} is not supported${more === 0 ? '' : `, nor are ${more} more`}`,
        value: template,
        fix: 'only {{ env "NAME" }} is filled in: write the value itself',
      };
}
