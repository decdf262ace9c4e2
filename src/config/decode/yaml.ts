import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument as parse,
  Scalar,
  type Document,
  type Node as YamlNode,
  type YAMLMap,
} from 'yaml';
import type { Locate, Parsed, SyntaxProblem } from './syntax.js';
import type { Node } from './tree.js';
import { formatNumber } from './values.js';

/** A document larger than this is an alias bomb or a mistake. */
const MOST_NODES = 500_000;
const DEEPEST = 100;

class TooLarge extends Error {}

/** Reads the first document of a YAML text (FIL-5, FIL-11). */
export function parseYaml(text: string, locate: Locate): Parsed {
  const document = parse(text, {
    merge: true,
    logLevel: 'error',
    intAsBigInt: true,
    lineCounter: new LineCounter(),
    prettyErrors: false,
    strict: true,
  });
  const problems: SyntaxProblem[] = document.errors.map(({ code, message, pos }) =>
    code === 'MULTIPLE_DOCS'
      ? {
          severity: 'warning',
          offset: pos[0],
          message: 'only the first document of a file is read',
          fix: 'write it into a file of its own',
        }
      : {
          severity: 'error',
          offset: pos[0],
          message: inOneLine(message),
          fix: FIXES.get(code) ?? 'mend the YAML',
        },
  );
  // What comes after the first error mostly follows from it.
  const first = problems.find(({ severity }) => severity === 'error');
  if (first) return { node: undefined, problems: [first] };
  try {
    const builder = new Builder(document, locate);
    return { node: builder.root(document.contents), problems };
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    const problem = {
      severity: 'error',
      offset: 0,
      message: error.message,
      fix: 'make it smaller',
    } as const;
    return { node: undefined, problems: [...problems, problem] };
  }
}

const inOneLine = (text: string) => text.split('\n', 1)[0]?.toLowerCase() ?? '';

const FIXES: ReadonlyMap<string, string> = new Map([
  ['TAB_AS_INDENT', 'indent with blanks'],
  ['DUPLICATE_KEY', 'leave one of the two keys out'],
  ['BAD_INDENT', 'indent what belongs together alike'],
  ['BAD_SCALAR_START', 'put the value in quotes'],
  ['MISSING_CHAR', 'write the character that is missing'],
]);

class Builder {
  readonly #document: Document.Parsed;
  readonly #locate: Locate;
  #nodes = 0;

  constructor(document: Document.Parsed, locate: Locate) {
    this.#document = document;
    this.#locate = locate;
  }

  root(contents: YamlNode | null): Node {
    if (contents === null) return this.#leaf('', 0, 'map', undefined);
    return this.#node('', contents.range?.[0] ?? 0, contents, 0);
  }

  #leaf(key: string, offset: number, kind: Node['kind'], value: string | undefined): Node {
    const at = this.#locate(offset);
    return { key, at, kind, value, valueAt: at, children: [] };
  }

  #node(key: string, keyOffset: number, written: unknown, depth: number): Node {
    this.#nodes += 1;
    if (this.#nodes > MOST_NODES) throw new TooLarge(`more than ${MOST_NODES} values`);
    if (depth > DEEPEST) throw new TooLarge(`more than ${DEEPEST} levels deep`);
    const value = isAlias(written) ? written.resolve(this.#document) : written;
    const offset = isNode(written) ? (written.range?.[0] ?? keyOffset) : keyOffset;
    const base = { key, at: this.#locate(keyOffset), valueAt: this.#locate(offset) };
    if (isMap(value)) {
      return { ...base, kind: 'map', value: undefined, children: this.#members(value, depth) };
    }
    if (isSeq(value)) {
      const children = value.items.map((item, index) =>
        this.#node(
          `[${index}]`,
          isNode(item) ? (item.range?.[0] ?? offset) : offset,
          item,
          depth + 1,
        ),
      );
      return { ...base, kind: 'list', value: undefined, children };
    }
    const text = isScalar(value) ? scalarText(value) : undefined;
    return { ...base, kind: text === undefined ? 'null' : 'value', value: text, children: [] };
  }

  /** Own members first; those of `<<` only where there is no own one. */
  #members(map: YAMLMap, depth: number): readonly Node[] {
    const own: Node[] = [];
    const inherited: Node[] = [];
    for (const { key, value } of map.items) {
      if (isScalar(key) && key.source === '<<' && key.type === Scalar.PLAIN) {
        inherited.push(...this.#merged(value, depth));
        continue;
      }
      const offset = isNode(key) ? (key.range?.[0] ?? 0) : 0;
      own.push(this.#node(keyText(key), offset, value, depth + 1));
    }
    const names = new Set(own.map((node) => node.key));
    return [...own, ...inherited.filter((node) => !names.has(node.key) && names.add(node.key))];
  }

  #merged(source: unknown, depth: number): readonly Node[] {
    const value = isAlias(source) ? source.resolve(this.#document) : source;
    if (isMap(value)) return this.#members(value, depth + 1);
    return isSeq(value) ? value.items.flatMap((item) => this.#merged(item, depth + 1)) : [];
  }
}

/** BUG-58: a name is read as the value that refers to it. */
function keyText(key: unknown): string {
  if (!isScalar(key)) return String(key);
  return scalarText(key) ?? key.source ?? '';
}

/** A scalar as text, numbers as FIL-5 reads them; undefined for null. */
function scalarText(scalar: Scalar): string | undefined {
  const { value, source = '', type } = scalar;
  if (value === null || value === undefined) return undefined;
  if (type !== Scalar.PLAIN) return typeof value === 'string' ? value : source;
  if (/^[+-]?0[0-7]+$/.test(source)) return String(parseInt(source, 8));
  if (/^[+-]?\d[\d_]*$/.test(source)) return source.replaceAll('_', '');
  if (typeof value === 'number' && Number.isFinite(value)) return formatNumber(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? value : source;
}
