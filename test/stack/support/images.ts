import { Engine } from '../../e2e/support/engine.js';

const engine = new Engine();

/** Set by stand-ins.sh. */
const LABEL = 'sluice.stand-in';

/** The stand-in of a public image: `hashicorp/consul:1.21` is stood in for by `sluice-stand-in:consul`. */
export const standIn = (image: string) =>
  `sluice-stand-in:${image.replace(/^.*\//, '').replace(/:.*$/, '')}`;

/**
 * Gives stand-ins the names of those public images that this engine does not hold, and returns these
 * names: `takeBack` removes them, so that nobody takes a stand-in for the real thing.
 */
export async function lend(images: readonly string[]): Promise<readonly string[]> {
  const lent: string[] = [];
  for (const image of images) {
    if (await isReal(image)) continue;
    await engine.docker('tag', standIn(image), image).catch((error: unknown) => {
      throw new Error(`${standIn(image)} is missing: run test/e2e/support/install.sh`, {
        cause: error,
      });
    });
    lent.push(image);
  }
  return lent;
}

export async function takeBack(images: readonly string[]): Promise<void> {
  for (const image of images) await engine.docker('rmi', image).catch(() => '');
}

/** True if the engine holds this image, and it is none of ours. */
export async function isReal(image: string): Promise<boolean> {
  const format = `{{index .Config.Labels "${LABEL}"}}`;
  return engine.docker('image', 'inspect', image, '-f', format).then(
    (content) => content === '',
    () => false,
  );
}
