import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

/** Where it is held: a file of tests, and the names of its cases. */
type Held = readonly [file: string, ...names: readonly string[]];

const corpus = (theme: string, ...names: readonly string[]): Held => [
  `test/corpus/${theme}.test.ts`,
  ...names,
];

/** What newcomers see in their first hour (facts/users.md, c), row by row, as far as it concerns TCP. */
const ROWS: Readonly<Record<string, readonly Held[]>> = {
  'timeout, works only after some restarts: the other network': [
    corpus('docker', 'no network that is shared', 'one of two networks that is shared'),
    corpus('running', 'the server does not answer in time'),
    ['test/stack/stack.test.ts', 'of several networks the one that Sluice is on is used'],
  ],
  'docker.network is set, and still wrong: Compose calls it otherwise': [
    corpus(
      'docker',
      'a network of the label that the container is not on',
      'the short name of a Compose network',
    ),
  ],
  'connection refused, log clean: the entry point is not defined': [
    corpus('references', 'an entry point that is not there', 'a slip in an entry point'),
    corpus('running', 'an entry point that no router uses'),
  ],
  'the entry point is defined, and still refused from the host: not published': [
    corpus('docker', "an entry point whose port Sluice's own container does not publish"),
  ],
  'the router is missing: starting, or unhealthy': [
    corpus('docker', 'still starting', 'unhealthy', 'stopped'),
    corpus('running', 'all servers are down', 'the service has no server'),
  ],
  'the router is missing, no error: a slip, the case, quotes, enable': [
    corpus('labels', 'router for routers', 'the root in capitals', 'enabled for enable'),
    corpus(
      'docker',
      'quotes of a YAML list left in a label',
      'not enabled where containers have to be',
      'enable misspelt where containers have to be enabled',
    ),
  ],
  'the port is missing, or a wrong one': [
    corpus('docker', 'no port', 'several ports', 'UDP alone'),
    corpus('running', 'nobody listens where the server is said to be'),
  ],
  'HostSNI never matches: no TLS from the first byte': [
    corpus('rules', 'a host without TLS'),
    corpus('running', 'a client without TLS where all routers have it', 'TLS without a name'),
  ],
  'the client hangs until Enter is pressed: the server speaks first': [
    corpus('rules', 'a server that speaks first beside TLS routers'),
    corpus('running', 'a client that waits for the server to speak first, beside TLS routers'),
  ],
  'HTTP 400 on a TCP port: no HTTP answers here': [
    corpus('running', 'HTTP where all routers have TLS'),
  ],
  'too many services': [corpus('labels', 'two services and a router that names none')],
  'both apps vanish after copy and paste': [
    corpus('docker', 'the same router in two projects', 'the same service with other settings'),
  ],
  'serversTransport=x, and nothing works': [
    corpus(
      'references',
      'a transport that nobody declares',
      'a transport of a file, by its bare name',
    ),
  ],
  'edits of the file are ignored: one file is mounted': [
    ['test/unit/providers/file/file.test.ts', 'one file alone is followed through renaming'],
    ['test/e2e/file.test.ts', 'a file that is replaced by renaming is followed'],
  ],
  'client version 1.24 is too old': [
    ['test/unit/providers/docker/api-version.test.ts', "oldest: '1.44', spoken: '1.51'"],
    ['test/unit/providers/docker/client.test.ts', 'an engine that is too old is refused'],
  ],
  'the socket proxy answers 403': [
    corpus('start', 'a socket proxy that forbids'),
    ['test/e2e/preflight.test.ts', 'a socket proxy forbids'],
  ],
  "works, and the server sees the proxy's address": [
    corpus(
      'running',
      'no PROXY header of a peer that is trusted',
      'a PROXY header of a peer that is not trusted',
      'the server wants a PROXY header, and gets none',
    ),
    ['test/net/access-log.test.ts', 'behind a proxy of somebody both addresses are told'],
  ],
  'no way to know whether any byte flowed': [
    ['test/net/access-log.test.ts', 'a connection is one line at its end'],
    ['test/net/observed.test.ts', 'a scrape shows open connections, their bytes while they flow'],
  ],
};

for (const [row, held] of Object.entries(ROWS)) {
  test(`the first hour: ${row}`, () => {
    for (const [file, ...names] of held) {
      const text = readFileSync(file, 'utf8');
      for (const name of names) assert.ok(text.includes(name), `${file} has no case "${name}"`);
    }
  });
}
