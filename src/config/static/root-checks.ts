import type { Node } from '../decode/tree.js';
import type { Diagnostic } from '../diagnostic.js';
import type { DiagnosticCode } from '../diagnostic-codes.js';

/** What a tree says that no schema can, taken out of it, so that each thing is said once. */
export interface Checked {
  readonly node: Node;
  readonly diagnostics: readonly Diagnostic[];
}

/** Providers of Traefik's that are not here (D22). */
const OTHER_PROVIDERS: ReadonlySet<string> = new Set([
  'consul',
  'ecs',
  'etcd',
  'http',
  'knative',
  'kubernetescrd',
  'kubernetesgateway',
  'kubernetesingress',
  'kubernetesingressnginx',
  'nomad',
  'plugin',
  'redis',
  'rest',
  'zookeeper',
]);

/** It is a part of names, of flags and of variables. */
const HOST_NAME = /^(?=.{1,40}$)[a-z0-9]+(-[a-z0-9]+)*$/;

/** Sections of the dynamic configuration, which somebody may write here. */
const DYNAMIC_SECTIONS: ReadonlySet<string> = new Set(['http', 'tcp', 'tls', 'udp']);

export function checkRoot(root: Node): Checked {
  const diagnostics: Diagnostic[] = [];
  const say = (node: Node, code: DiagnosticCode, message: string, fix: string) => {
    const object = { kind: 'option', name: node.key } as const;
    const value = node.key;
    diagnostics.push({ code, severity: 'error', object, at: node.at, message, value, fix });
    return false;
  };
  const isPresentProvider = (node: Node): boolean => {
    const key = node.key.toLowerCase();
    if (!OTHER_PROVIDERS.has(key)) return true;
    return key === 'consul'
      ? say(
          node,
          'unknown-key',
          'there is no key-value provider "consul"',
          'write consulCatalog for the services of Consul',
        )
      : say(
          node,
          'unknown-key',
          `there is no provider "${node.key}"`,
          'write docker, swarm, consulCatalog or file',
        );
  };
  const isHostName = (node: Node): boolean =>
    HOST_NAME.test(node.key) ||
    say(
      node,
      'bad-value',
      `"${node.key}" cannot be the name of a Docker host, which stands behind the @ of what its labels declare`,
      'use lower-case letters, digits and single dashes, 40 at most',
    );
  /** Of Traefik v2. */
  const sayMoved = (node: Node): readonly Node[] => {
    say(
      node,
      'unknown-key',
      'a Swarm is not watched by the docker provider',
      /seconds$/i.test(node.key)
        ? 'write providers.swarm.refreshSeconds'
        : 'write providers.swarm, which has the same options, in place of providers.docker',
    );
    return [];
  };
  const ofProviders = (node: Node): readonly Node[] => {
    if (!isPresentProvider(node)) return [];
    if (node.key.toLowerCase() !== 'docker') return [node];
    const named = became(node, (child) => {
      const key = child.key.toLowerCase();
      if (key.startsWith('swarmmode')) return sayMoved(child);
      return key === 'hosts' ? keeping(child, isHostName) : [child];
    });
    return named.map((docker) => ({
      ...docker,
      children: [...docker.children, ...ownEndpoint(docker)],
    }));
  };
  const isName = (node: Node): boolean =>
    (node.key !== '' && node.key !== '__proto__') ||
    say(
      node,
      'bad-value',
      `"${node.key}" cannot be the name of an entry point`,
      'name it otherwise',
    );

  const children = root.children.flatMap((child) => {
    const key = child.key.toLowerCase();
    if (key.startsWith('x-')) return [];
    if (DYNAMIC_SECTIONS.has(key)) {
      say(
        child,
        'misplaced',
        `"${child.key}" belongs into the dynamic configuration`,
        'write it into a file of the file provider (providers.file)',
      );
      return [];
    }
    if (key === 'providers') return became(child, ofProviders);
    return key === 'entrypoints' ? keeping(child, isName) : [child];
  });
  return { node: { ...root, children }, diagnostics };
}

/**
 * Whoever writes `--providers.docker` beside hosts means the engine itself as well, and says so as with
 * an endpoint that is left open.
 */
function ownEndpoint(docker: Node): readonly Node[] {
  const isWritten = docker.children.some(({ key }) => key.toLowerCase() === 'endpoint');
  if (docker.kind !== 'value' || docker.children.length === 0 || isWritten) return [];
  return [{ ...docker, key: 'endpoint', value: '', children: [] }];
}

/** The node with what became of its children; nothing if none is left, for then all is said. */
function became(node: Node, change: (child: Node) => readonly Node[]): readonly Node[] {
  const children = node.children.flatMap(change);
  return node.children.length > 0 && children.length === 0 ? [] : [{ ...node, children }];
}

const keeping = (node: Node, keep: (child: Node) => boolean) =>
  became(node, (child) => (keep(child) ? [child] : []));
