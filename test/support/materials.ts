import { pemOf, withoutFiles, type Materials, type Pem } from '../../src/config/pem.js';

/** Files in memory. The same text is the same `Pem`, as it is with real files. */
export class MemoryFiles implements Materials {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #pems: Map<string, Pem>;

  constructor(texts: Readonly<Record<string, string>>, pems = new Map<string, Pem>()) {
    this.#texts = new Map(Object.entries(texts));
    this.#pems = pems;
  }

  /** The next moment: these files, and no others. */
  next(texts: Readonly<Record<string, string>>): MemoryFiles {
    return new MemoryFiles(texts, this.#pems);
  }

  pem(value: string): Pem {
    const text = this.#texts.get(value);
    const made = text === undefined ? withoutFiles().pem(value) : pemOf(text);
    if (!made.ok) return made;
    const pem = this.#pems.get(made.text) ?? made;
    this.#pems.set(made.text, pem);
    return pem;
  }
}
