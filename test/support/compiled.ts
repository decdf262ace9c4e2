import { withoutFiles, type Materials, type Pem } from '../../src/config/pem.js';
import { compile, type Compiled, type CompileOptions } from '../../src/routing/compile.js';
import { compileOptions, entryPoint } from './compile-options.js';
import { mergedConfig } from './merged.js';

type Objects = Parameters<typeof mergedConfig>[0];

/** Files by path, that a test may change: what did not change stays the same object. */
export class TestFiles {
  #pems: ReadonlyMap<string, Pem> = new Map();

  write(path: string, text: string): void {
    const pem: Pem = text.includes('-----BEGIN')
      ? { ok: true, text }
      : { ok: false, reason: text === '' ? 'not-found' : 'no-pem' };
    this.#pems = new Map([...this.#pems, [path, pem]]);
  }

  /** As they are now. */
  materials(): Materials {
    const pems = this.#pems;
    return { pem: (value) => pems.get(value) ?? withoutFiles().pem(value) };
  }
}

/** Generations of one configuration, as the program makes them. */
export class Generations {
  readonly #options: CompileOptions;
  #last: Compiled | undefined;

  constructor(options: Partial<CompileOptions> = {}) {
    this.#options = compileOptions({ entryPoints: [entryPoint('tcp')], ...options });
  }

  next(objects: Objects, materials: Materials = withoutFiles()): Compiled {
    this.#last = compile(mergedConfig(objects), this.#options, this.#last, materials);
    return this.#last;
  }
}
