import type { Node } from '../decode/tree.js';
import type { Diagnostic, DiagnosticCode } from '../diagnostic.js';

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
    if (key === 'swarm') {
      return say(
        node,
        'not-served',
        'the swarm provider comes with a later version',
        'leave it out until then',
      );
    }
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
          'write docker, consulCatalog or file',
        );
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
    if (key === 'providers') return keeping(child, isPresentProvider);
    return key === 'entrypoints' ? keeping(child, isName) : [child];
  });
  return { node: { ...root, children }, diagnostics };
}

/** The node with those of its children; nothing if none is left, for then all is said. */
function keeping(node: Node, keep: (child: Node) => boolean): readonly Node[] {
  const children = node.children.filter(keep);
  return node.children.length > 0 && children.length === 0 ? [] : [{ ...node, children }];
}
