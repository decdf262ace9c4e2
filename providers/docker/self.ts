import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * The id of the container that this process runs in, as far as the kernel tells; to be verified with
 * the engine. Undefined outside a container.
 */
export function ownContainerId(): string | undefined {
  return (
    idInMounts(read('/proc/self/mountinfo')) ?? idInCgroup(read('/proc/self/cgroup')) ?? idInName()
  );
}

/** The engine mounts three files into every container, from a folder that is called after it. */
export function idInMounts(mountinfo: string): string | undefined {
  const line = /\/containers\/([0-9a-f]{64})\/\S* \/etc\/(?:hostname|hosts|resolv\.conf) /.exec(
    mountinfo,
  );
  return line?.[1];
}

/** Control groups of version 1 are called after the container. */
export function idInCgroup(cgroup: string): string | undefined {
  return /[/-]([0-9a-f]{64})(?:\.scope)?$/m.exec(cgroup)?.[1];
}

/** Unless somebody chose another one, the host name is the beginning of the id. */
function idInName(): string | undefined {
  const name = hostname();
  return existsSync('/.dockerenv') && /^[0-9a-f]{12}$/.test(name) ? name : undefined;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not Linux, or hidden: then it is not known.
    return '';
  }
}
