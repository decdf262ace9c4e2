export interface Nesting {
  /** Each behind all that it consists of, but for what leads back to itself. */
  readonly order: readonly string[];
  /** Those that consist of themselves, by whatever way, each with the first of its circle. */
  readonly circular: ReadonlyMap<string, string>;
}

/** In which order things can be made that consist of one another; what is no key consists of nothing. */
export function nestingOf(parts: ReadonlyMap<string, readonly string[]>): Nesting {
  const users = new Map<string, string[]>();
  const missing = new Map<string, number>();
  for (const [name, of] of parts) {
    const nested = of.filter((part) => parts.has(part));
    missing.set(name, nested.length);
    for (const part of nested) users.set(part, [...(users.get(part) ?? []), name]);
  }
  const order: string[] = [];
  const placed = new Set<string>();
  const place = (names: readonly string[]) => {
    const ready = [...names].reverse();
    for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
      if (placed.has(name)) continue;
      placed.add(name);
      order.push(name);
      for (const user of users.get(name) ?? []) {
        const left = (missing.get(user) ?? 0) - 1;
        missing.set(user, left);
        if (left === 0) ready.push(user);
      }
    }
  };
  place([...parts.keys()].filter((name) => missing.get(name) === 0));
  const rest = [...parts.keys()].filter((name) => !placed.has(name));
  const circular = rest.filter((name) => leadsTo(name, name, parts));
  place(circular);
  const firstOf = (name: string) =>
    circular.find(
      (one) => one === name || (leadsTo(one, name, parts) && leadsTo(name, one, parts)),
    );
  return { order, circular: new Map(circular.map((name) => [name, firstOf(name) ?? name])) };
}

function leadsTo(
  target: string,
  from: string,
  parts: ReadonlyMap<string, readonly string[]>,
): boolean {
  const seen = new Set<string>();
  const open = [...(parts.get(from) ?? [])];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === target) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...(parts.get(name) ?? []));
  }
  return false;
}
