import { readFileSync } from 'node:fs';

let ports: ReadonlyMap<string, number> | undefined;

/** The TCP port that a name of /etc/services stands for (D40). The file is read once. */
export function servicePort(name: string): number | undefined {
  ports ??= parseServices(readServices());
  return ports.get(name.toLowerCase());
}

function readServices(): string {
  try {
    return readFileSync('/etc/services', 'utf8');
  } catch {
    // A small image has no such file: then only numbers are ports.
    return '';
  }
}

/** Lines of services(5): `name port/protocol aliases…`. */
export function parseServices(text: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [name, target = '', ...aliases] = (line.split('#', 1)[0] ?? '').trim().split(/\s+/);
    const [port, protocol] = target.split('/');
    if (name === undefined || protocol !== 'tcp') continue;
    for (const word of [name, ...aliases]) {
      if (!found.has(word.toLowerCase())) found.set(word.toLowerCase(), Number(port));
    }
  }
  return found;
}
