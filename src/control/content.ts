const texts = new WeakMap<object, string>();

/**
 * What an object says, as text: equal for two objects that mean the same. A field that is left out
 * and one that is written empty mean the same everywhere in the model (DYN: `middlewares=` is no
 * middleware, `tls.passthrough=false` is `tls`); an empty section does not (LBL-9).
 */
export function contentOf(config: object): string {
  const known = texts.get(config);
  if (known !== undefined) return known;
  const text = JSON.stringify(canonical(config));
  texts.set(config, text);
  return text;
}

/** Without empty fields, and with its fields in the order of their names. */
function canonical(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => !isEmpty(field))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, field]) => [name, canonical(field)]),
  );
}

function isEmpty(field: unknown): boolean {
  if (Array.isArray(field)) return field.length === 0;
  return field === undefined || field === '' || field === false || field === 0n;
}
