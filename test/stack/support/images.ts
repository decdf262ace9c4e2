import { Engine } from '../../e2e/support/engine.js';

const engine = new Engine();

/** Set by stand-ins.sh. */
const LABEL = 'sluice.stand-in';

/** The stand-in of a public image: `hashicorp/consul:1.21` is stood in for by `sluice-stand-in:consul`. */
export const standIn = (image: string) =>
  `sluice-stand-in:${image.replace(/^.*\//, '').replace(/:.*$/, '')}`;

/**
 * Gives the stand-in of a public image that image's name, unless this engine holds the real one.
 * True if so: then `takeBack` removes the name, so that nobody takes a stand-in for the real thing.
 */
export async function lend(image: string): Promise<boolean> {
  if (await isReal(image)) return false;
  await engine.docker('tag', standIn(image), image).catch((error: unknown) => {
    const message = `${standIn(image)} is missing: run test/e2e/support/install.sh`;
    throw new Error(message, { cause: error });
  });
  return true;
}

export async function takeBack(image: string): Promise<void> {
  await engine.docker('rmi', image).catch(() => '');
}

/** True if the engine holds this image, and it is none of ours. */
export async function isReal(image: string): Promise<boolean> {
  const format = `{{index .Config.Labels "${LABEL}"}}`;
  return engine.docker('image', 'inspect', image, '-f', format).then(
    (content) => content === '',
    () => false,
  );
}
