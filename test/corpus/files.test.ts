import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { rightSetups, wrongSetups } from './support/cases.js';
import { yaml } from './support/sketches.js';

const ROUTER = 'a: { rule: "HostSNI(`*`)", service: beside }';

wrongSetups('files', [
  {
    of: 'a tab for an indent',
    setup: yaml(`tcp:\n\trouters: { ${ROUTER} }\n`),
    code: 'syntax',
    at: ['dynamic.yml:2'],
    advice: ['blanks'],
  },
  {
    of: 'a key twice',
    setup: yaml(`tcp:\n  routers: { ${ROUTER} }\n  routers: { b: { rule: "x" } }\n`),
    code: 'syntax',
    at: ['dynamic.yml:3'],
    advice: ['one of the two'],
  },
  {
    of: 'a bracket left open',
    setup: yaml(`tcp: { routers: { ${ROUTER} }\n`),
    code: 'syntax',
    at: ['dynamic.yml'],
    advice: [],
  },
  {
    of: 'a quote left open',
    setup: yaml('tcp: { routers: { a: { rule: "HostSNI(`*`) } } }\n'),
    code: 'syntax',
    at: ['dynamic.yml'],
    advice: [],
  },
  {
    of: 'a wrong indent',
    setup: yaml(`tcp:\n  routers:\n    a:\n      rule: x\n     service: beside\n`),
    code: 'syntax',
    at: ['dynamic.yml:5'],
    advice: [],
  },
  {
    of: 'back quotes at the beginning of a value',
    setup: yaml('tcp:\n  routers:\n    a:\n      rule: `HostSNI(*)`\n      service: beside\n'),
    code: 'syntax',
    at: ['dynamic.yml:4'],
    advice: ['quotes'],
  },
  {
    of: 'a wrong root',
    setup: yaml(`tpc: { routers: { ${ROUTER} } }\n`),
    code: 'unknown-key',
    at: ['dynamic.yml:1'],
    value: 'tpc',
    advice: ['tcp'],
  },
  {
    of: 'no root',
    setup: yaml(`routers: { ${ROUTER} }\n`),
    code: 'unknown-key',
    at: ['dynamic.yml:1'],
    value: 'routers',
    advice: ['tcp.routers'],
  },
  {
    of: 'the static configuration in a dynamic file',
    setup: yaml(`entryPoints: { pg: { address: ":1" } }\ntcp: { routers: { ${ROUTER} } }\n`),
    code: 'misplaced',
    at: ['dynamic.yml:1'],
    value: 'entryPoints',
    advice: ['--configFile'],
    works: ['a@file'],
  },
  {
    of: 'a section in the singular',
    setup: yaml(`tcp: { router: { ${ROUTER} } }\n`),
    code: 'unknown-key',
    at: ['dynamic.yml:1'],
    value: 'router',
    advice: ['routers'],
  },
  {
    of: 'a list of routers',
    setup: yaml('tcp: { routers: [{ rule: "HostSNI(`*`)" }] }\n'),
    code: 'bad-value',
    at: ['dynamic.yml:1'],
    advice: ['name'],
  },
  {
    of: 'one entry point that is not a list',
    setup: yaml(
      'tcp: { routers: { a: { rule: "HostSNI(`*`)", service: beside, entryPoints: { pg: 1 } } } }\n',
    ),
    code: 'bad-value',
    at: ['dynamic.yml:1'],
    advice: ['list'],
  },
  {
    of: 'an address under the load balancer',
    setup: yaml('tcp: { services: { s: { loadBalancer: { address: "10.0.0.1:1" } } } }\n'),
    code: 'unknown-key',
    at: ['dynamic.yml:1'],
    value: 'address',
    advice: ['servers[].address'],
  },
  {
    of: 'url of HTTP for address',
    setup: yaml(
      'tcp: { services: { s: { loadBalancer: { servers: [{ url: "http://10.0.0.1" }] } } } }\n',
    ),
    code: 'unknown-key',
    at: ['dynamic.yml:1'],
    value: 'url',
    advice: ['address'],
  },
  {
    of: 'a server without an address',
    setup: yaml('tcp: { services: { s: { loadBalancer: { servers: [{ weight: 1 }] } } } }\n'),
    code: 'bad-value',
    at: ['dynamic.yml:1'],
    advice: ['host:port'],
  },
  {
    of: 'the label spelling of a server',
    setup: yaml(
      'tcp: { services: { s: { loadBalancer: { server: { address: "10.0.0.1:1" } } } } }\n',
    ),
    code: 'unknown-key',
    at: ['dynamic.yml:1'],
    value: 'server',
    advice: ['servers'],
  },
  {
    of: 'a table for a list of tables in TOML',
    setup: {
      files: {
        'a.toml':
          '[tcp.services.s.loadBalancer]\n  [tcp.services.s.loadBalancer.servers]\n    address = "10.0.0.1:1"\n',
      },
    },
    code: 'bad-value',
    at: ['a.toml:2'],
    advice: ['[[…servers]]'],
  },
  {
    of: 'a key twice in TOML',
    setup: { files: { 'a.toml': '[tcp.routers.a]\nrule = "x"\nrule = "y"\n' } },
    code: 'syntax',
    at: ['a.toml:3'],
    advice: [],
  },
  {
    of: 'a text without quotes in TOML',
    setup: { files: { 'a.toml': '[tcp.routers.a]\nrule = HostSNI(`*`)\n' } },
    code: 'syntax',
    at: ['a.toml:2'],
    advice: ['quotes'],
  },
  {
    of: 'a template that is not filled in',
    setup: yaml('tcp: { routers: { a: { rule: "HostSNI(`{{ .Host }}`)", service: beside } } }\n'),
    code: 'template',
    at: ['dynamic.yml:1'],
    value: '{{ .Host }}',
    advice: ['env "NAME"'],
  },
  {
    of: 'a range of a template',
    setup: yaml('{{ range $i := seq 1 3 }}\ntcp: {}\n{{ end }}\n'),
    code: 'template',
    at: ['dynamic.yml:1'],
    advice: ['env "NAME"'],
  },
  {
    of: 'a variable that is not set',
    setup: yaml(`tcp: { routers: { ${ROUTER} } }\n# {{ env "NOT_SET" }}\n`),
    code: 'template',
    at: ['dynamic.yml:2'],
    advice: ['variable'],
    works: ['a@file'],
  },
  {
    of: 'a link to nowhere',
    setup: { files: {}, prepare: (folder) => symlinkSync('/nowhere/a.yml', join(folder, 'a.yml')) },
    code: 'unreadable',
    at: ['a.yml'],
    advice: [],
  },
  {
    of: 'JSON in a folder',
    setup: { files: { 'a.json': '{ "tcp": {} }' } },
    code: 'ignored',
    severity: 'info',
    at: ['a.json'],
    value: '.json',
    advice: ['.yml'],
  },
  {
    of: 'a slip in the extension',
    setup: { files: { 'a.ymll': 'tcp: {}' } },
    code: 'ignored',
    severity: 'info',
    at: ['a.ymll'],
    value: '.ymll',
    advice: ['.yml'],
  },
  {
    of: 'nothing under tcp',
    setup: yaml('tcp:\n'),
    code: 'missing',
    at: ['dynamic.yml:1'],
    advice: [],
  },
  {
    of: 'the same router in two files',
    setup: {
      files: {
        'a.yml': 'tcp: { routers: { r: { rule: "HostSNI(`*`)", service: beside } } }\n',
        'b.yml':
          'tcp: { routers: { r: { rule: "HostSNI(`*`)", service: beside, priority: 7 } } }\n',
      },
    },
    code: 'conflict',
    at: ['b.yml:1'],
    value: 'r',
    advice: ['name'],
    works: ['r@file'],
  },
  {
    of: 'a number where a text is wanted is one, a map is not',
    setup: yaml('tcp: { routers: { a: { rule: { HostSNI: "*" }, service: beside } } }\n'),
    code: 'unknown-key',
    at: ['dynamic.yml:1'],
    advice: ['one value'],
  },
  {
    of: 'HTTP alone in a file',
    setup: yaml('http: { routers: { a: { rule: "Host(`a.test`)", service: b } } }\n'),
    code: 'ignored',
    severity: 'info',
    at: ['dynamic.yml:1'],
    advice: ['tcp'],
  },
]);

rightSetups('files', [
  { of: 'YAML', setup: yaml(`tcp: { routers: { ${ROUTER} } }\n`), works: ['a@file'] },
  {
    of: 'TOML',
    setup: {
      files: {
        'a.toml':
          '[tcp.routers.a]\nrule = "HostSNI(`*`)"\nservice = "s"\n[[tcp.services.s.loadBalancer.servers]]\naddress = "10.0.0.1:1"\n',
      },
    },
    works: ['a@file'],
  },
  {
    of: 'anchors, merges and comments',
    setup: yaml(
      'x-base: &base { rule: "HostSNI(`*`)" } # shared\ntcp: { routers: { a: { <<: *base, service: beside } } }\n',
    ),
    works: ['a@file'],
  },
  { of: 'an empty file', setup: yaml('# later\n'), works: [] },
  {
    of: 'files of others beside it',
    setup: { files: { 'readme.md': '#', 'a.crt': 'x', 'a.yml~': 'tcp: {' } },
    works: [],
  },
  {
    of: 'a link to a file elsewhere in the folder',
    setup: {
      files: { 'real/a.yaml': `tcp: { routers: { ${ROUTER} } }\n` },
      prepare: (folder) => chmodSync(join(folder, 'real'), 0o755),
    },
    works: ['a@file'],
  },
]);
