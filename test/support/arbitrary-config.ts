import fc from 'fast-check';
import { z } from 'zod';
import { unwrapped } from '../../src/config/decode/schema.js';
import { dynamicSchema } from '../../src/config/model.js';

/** What strangers may write, near to what can be read: the schema's own keys, with all kinds of values. */

/** Few, so that objects refer to each other and claim each other's names. */
const NAMES = ['a', 'b', 'A', 'a@file', 'default', '__proto__', 'constructor', '', 'x.y', '[0]'];

const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'b') },
  { weight: 1, arbitrary: fc.constantFrom(...NAMES) },
);

const WORDS = [
  ...['', ' ', 'a', 'b@file', 'a@docker', 'default@internal', 'true', 'false', '1', '-1', '0'],
  ...['10s', '-1s', '1h2m', '99999999999999999999', '1e309', 'NaN', '0x10', '1.5', 'null', '~'],
  ...['HostSNI(`*`)', 'HostSNI(`a.b`) && !ClientIP(`10.0.0.0/8`)', 'HostSNI(', '!(', '`'],
  ...['HostSNIRegexp(`(a+)+$`)', 'ALPN(`h2`)', '192.0.2.1:80', '[::1]:http', ':', '[', '::1'],
  ...['tcp', 'traefik', 'alt,tcp', 'keep', 'wrr', 'v2', 'spiffe://x/y', '/dev/zero'],
  ...['-----BEGIN CERTIFICATE-----', '*', '&a', '<<', '\u0000', '💥', 'a\nb'],
];

export const word: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
);

/** Dotted keys of everything that can be written, records as `<name>`, lists as `[<n>]`. */
function pathsOf(schema: z.core.$ZodType, path = ''): readonly string[] {
  const { inner } = unwrapped(schema);
  if (inner instanceof z.ZodRecord) return [path, ...pathsOf(inner.valueType, `${path}.<name>`)];
  if (inner instanceof z.ZodArray) return [path, ...pathsOf(inner.element, `${path}[<n>]`)];
  if (!(inner instanceof z.ZodObject)) return [path];
  const fields = Object.entries<z.core.$ZodType>(inner.shape);
  return [path, ...fields.flatMap(([key, field]) => pathsOf(field, `${path}.${key}`))];
}

const PATHS = pathsOf(dynamicSchema)
  .filter((path) => path !== '')
  .flatMap((path) => [path, path.replace('servers[<n>]', 'server')]);

/** Turns a right key into one that is nearly right. */
const slip = fc.constantFrom<(key: string) => string>(
  (key) => key.toUpperCase(),
  (key) => `${key}.`,
  (key) => `${key}[0`,
  (key) => `${key}.more`,
  (key) => key.slice(0, -1),
  (key) => key.replace('.', '..'),
  (key) => key.replace(/^tcp/, 'http'),
);

const key = fc
  .tuple(fc.constantFrom(...PATHS), fc.array(name, { minLength: 2, maxLength: 2 }), fc.nat(3))
  .map(([path, [first = 'a', second = 'a'], index]) =>
    path
      .slice(1)
      .replace('<name>', () => first)
      .replace('<name>', () => second)
      .replaceAll('<n>', String(index)),
  );

const labelKey = fc
  .tuple(
    fc.constantFrom('traefik', 'traefik', 'traefik', 'sluice', 'Traefik'),
    fc.oneof(
      { weight: 6, arbitrary: key },
      { weight: 2, arbitrary: fc.tuple(key, slip).map(([right, change]) => change(right)) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('enable', 'docker.network', 'consulcatalog.canary', 'tcp', ''),
      },
      { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
    ),
  )
  .map(([root, rest]) => `${root}.${rest}`);

/** Labels of one container, or with `=` the tags of one instance. */
export const labels: fc.Arbitrary<Record<string, string>> = fc.dictionary(labelKey, word, {
  maxKeys: 10,
});

/** A value that stands where the schema has something else. */
const stray: fc.Arbitrary<unknown> = fc.oneof(
  word,
  fc.constantFrom<unknown>(true, 1, -1, 1.5, [], {}, [[]], [{}], ['a', 1], { a: {} }),
);

function valueOf(schema: z.core.$ZodType): fc.Arbitrary<unknown> {
  const right = rightValueOf(unwrapped(schema).inner);
  return fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: stray });
}

function rightValueOf(inner: z.core.$ZodType): fc.Arbitrary<unknown> {
  if (inner instanceof z.ZodRecord) {
    return fc.dictionary(name, valueOf(inner.valueType), { maxKeys: 3 });
  }
  if (inner instanceof z.ZodArray) return fc.array(valueOf(inner.element), { maxLength: 3 });
  if (inner instanceof z.ZodObject) {
    const fields = Object.entries<z.core.$ZodType>(inner.shape);
    const members = Object.fromEntries(fields.map(([of, field]) => [of, valueOf(field)]));
    return fc.record(members, { requiredKeys: [] });
  }
  if (inner instanceof z.ZodBoolean) return fc.oneof(fc.boolean(), word);
  return fc.oneof(word, fc.integer({ min: -1, max: 70_000 }));
}

/** A file's content as a tree; without null, which only one of the formats can write. */
export const tree: fc.Arbitrary<Record<string, unknown>> = rightValueOf(
  dynamicSchema,
) as fc.Arbitrary<Record<string, unknown>>;
