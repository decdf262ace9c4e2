import { after } from 'node:test';
import type { StaticConfig } from '../../../src/config/static.js';
import { eventually } from '../../support/eventually.js';
import { folderWith } from '../../support/folder.js';
import { ask } from '../../support/http.js';
import { startProgram, type Program } from '../../support/program.js';
import { accepted, load } from '../../support/static.js';

/** What the API was asked about: see `harness` in the vectors. */
export interface Configuration {
  readonly static: Readonly<Record<string, unknown>> & {
    readonly entryPoints?: Readonly<Record<string, unknown>>;
  };
  readonly files: Readonly<Record<string, string>>;
}

/** An entry point is shown as it was written: here each has the port that it is given. */
export const filled = (text: string) => text.replace(/\{port:\w+\}/g, '0');

/** The program with that configuration, for the tests of a file. */
export async function started({ static: written, files }: Configuration): Promise<Program> {
  const address = '127.0.0.1:0';
  const config = staticConfig({
    ...written,
    entryPoints: {
      tcp: { address },
      alt: { address },
      traefik: { address },
      ...written.entryPoints,
    },
    api: { insecure: true },
    ping: {},
    providers: { file: { directory: folderWith({ after }, files) } },
  });
  const program = await startProgram(config);
  after(() => program.running.stop());
  await eventually('the files are read', async () => {
    const { text } = await ask(program.port('traefik'), '/api/health');
    return text.includes('"delivered":true') || undefined;
  });
  return program;
}

/** An option that is refused, because it needs another version or Node (D40), is left out. */
function staticConfig(written: object): StaticConfig {
  const loadWithout = (lacks: readonly string[]) => {
    const isLeftOut = (key: string) => lacks.includes(key);
    const text = JSON.stringify(written, (key, value: unknown) =>
      isLeftOut(key) ? undefined : value,
    );
    return load({ args: ['--configFile=s.yml'], files: { 's.yml': filled(text) } });
  };
  const refused = loadWithout([])
    .diagnostics.filter(({ severity, code }) => severity === 'error' && code === 'not-served')
    .map(({ object }) => object?.name.split('.').at(-1) ?? '');
  return accepted(loadWithout(refused));
}
