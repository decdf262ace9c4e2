/** A condition on the labels or tags of a container or instance (DKR-25, CNS-12). */
export type Constraint<T> = (subject: T) => boolean;

export type ParsedConstraint<T> =
  | { readonly ok: true; readonly matches: Constraint<T> }
  | { readonly ok: false; readonly offset: number; readonly reason: string };

/** A function of the expression language: makes a condition of its arguments, or says what is wrong. */
export type ConstraintFunction<T> = (args: readonly string[]) => Constraint<T> | string;

/** Deeper nesting is no condition that somebody wrote. */
const DEEPEST = 100;

class Wrong extends Error {
  readonly offset: number;
  constructor(offset: number, reason: string) {
    super(reason);
    this.offset = offset;
  }
}

/**
 * Parses Go expression syntax: calls with string arguments, `&&`, `||`, `!`, parentheses. An empty
 * text is true of everything (DKR-27).
 */
export function parseConstraint<T>(
  text: string,
  functions: ReadonlyMap<string, ConstraintFunction<T>>,
): ParsedConstraint<T> {
  if (text.trim() === '') return { ok: true, matches: () => true };
  try {
    return { ok: true, matches: new Parser(text, functions).whole() };
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    return { ok: false, offset: error.offset, reason: error.message };
  }
}

const TOKEN = /(&&|\|\||!|\(|\)|,)|([A-Za-z_]\w*)|"((?:[^"\\\n]|\\.)*)"|`([^`]*)`/y;

interface Token {
  readonly at: number;
  readonly symbol?: string;
  readonly name?: string;
  readonly text?: string;
}

class Parser<T> {
  readonly #text: string;
  readonly #functions: ReadonlyMap<string, ConstraintFunction<T>>;
  #at = 0;
  #depth = 0;

  constructor(text: string, functions: ReadonlyMap<string, ConstraintFunction<T>>) {
    this.#text = text;
    this.#functions = functions;
  }

  whole(): Constraint<T> {
    const condition = this.#or();
    const rest = this.#peek();
    if (rest) throw new Wrong(rest.at, 'expected the end, && or ||');
    return condition;
  }

  #peek(): Token | undefined {
    this.#at = this.#text.length - this.#text.slice(this.#at).trimStart().length;
    if (this.#at === this.#text.length) return undefined;
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.#text);
    if (!match)
      throw new Wrong(this.#at, 'expected a function, a string in " or `, or an operator');
    const [, symbol, name, quoted, raw] = match;
    const at = this.#at;
    if (symbol !== undefined) return { at, symbol };
    if (name !== undefined) return { at, name };
    return { at, text: raw ?? unescaped(quoted ?? '', at + 1) };
  }

  #next(): Token | undefined {
    const token = this.#peek();
    if (token) this.#at = TOKEN.lastIndex;
    return token;
  }

  #accept(symbol: string): boolean {
    if (this.#peek()?.symbol !== symbol) return false;
    this.#next();
    return true;
  }

  #or(): Constraint<T> {
    const parts = [this.#and()];
    while (this.#accept('||')) parts.push(this.#and());
    return parts.length === 1
      ? (parts[0] ?? never)
      : (subject) => parts.some((part) => part(subject));
  }

  #and(): Constraint<T> {
    const parts = [this.#unary()];
    while (this.#accept('&&')) parts.push(this.#unary());
    return parts.length === 1
      ? (parts[0] ?? never)
      : (subject) => parts.every((part) => part(subject));
  }

  #unary(): Constraint<T> {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw new Wrong(this.#at, `more than ${DEEPEST} levels deep`);
    const condition = this.#operand();
    this.#depth -= 1;
    return condition;
  }

  #operand(): Constraint<T> {
    if (this.#accept('!')) {
      const condition = this.#unary();
      return (subject) => !condition(subject);
    }
    if (this.#accept('(')) {
      const condition = this.#or();
      if (!this.#accept(')')) throw new Wrong(this.#at, 'expected )');
      return condition;
    }
    return this.#call();
  }

  #call(): Constraint<T> {
    const token = this.#next();
    const make = this.#functions.get(token?.name ?? '');
    if (token === undefined || make === undefined) {
      const known = [...this.#functions.keys()].join(', ');
      throw new Wrong(token?.at ?? this.#text.length, `expected one of ${known}`);
    }
    if (!this.#accept('(')) throw new Wrong(this.#at, `expected ( behind ${token.name ?? ''}`);
    const args: string[] = [];
    while (!this.#accept(')')) {
      const argument = this.#next();
      if (argument?.text === undefined)
        throw new Wrong(argument?.at ?? this.#text.length, 'expected a string');
      args.push(argument.text);
      if (!this.#accept(',') && this.#peek()?.symbol !== ')')
        throw new Wrong(this.#at, 'expected , or )');
    }
    const condition = make(args);
    if (typeof condition === 'string') throw new Wrong(token.at, condition);
    return condition;
  }
}

const never = () => false;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['\\', '\\'],
  ['"', '"'],
]);

/** `at` is where the text stands. Go refuses what is no escape, which is mostly a pattern's `\d`. */
const unescaped = (text: string, at: number) =>
  text.replace(/\\(.)/g, (escape, character: string, offset: number) => {
    const meant = ESCAPES.get(character);
    if (meant !== undefined) return meant;
    throw new Wrong(at + offset, `${escape} is no escape here: put the text between back quotes`);
  });
