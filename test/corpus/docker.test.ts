import { rightSetups, wrongSetups } from './support/cases.js';
import { app, labels, RULE } from './support/sketches.js';

const NO_PORTS = { ports: [] };
const FRONT = { front: '172.20.0.2' };

wrongSetups('docker', [
  {
    of: 'no port',
    setup: labels({}, NO_PORTS),
    code: 'no-port',
    at: ['container app'],
    advice: ['traefik.tcp.services.app.loadbalancer.server.port'],
  },
  {
    of: 'several ports',
    setup: labels({}, { ports: ['80/tcp', '9000/tcp'] }),
    code: 'several-ports',
    at: ['container app'],
    value: '80, 9000',
    advice: ['traefik.tcp.services.app.loadbalancer.server.port=9000'],
    works: ['db@docker'],
  },
  {
    of: 'UDP alone',
    setup: labels({}, { ports: ['53/udp'] }),
    code: 'no-port',
    at: ['container app'],
    advice: ['server.port'],
  },
  {
    of: 'on the host network without a port',
    setup: labels({}, { networkMode: 'host', ports: [] }),
    code: 'no-port',
    at: ['container app'],
    advice: ['server.port'],
  },
  {
    of: 'no network that is shared',
    setup: {
      containers: [app({}, { networks: { back: '172.21.0.2' } })],
      within: FRONT,
    },
    code: 'no-address',
    at: ['container app'],
    advice: ['docker network connect'],
  },
  {
    of: "an entry point whose port Sluice's own container does not publish",
    setup: {
      containers: [app({}, { networks: { front: '172.20.0.2' } })],
      within: FRONT,
      publishes: [443, 9000],
    },
    code: 'unpublished',
    severity: 'info',
    at: ['container sluice', 'pg'],
    value: '5432',
    advice: ['"5432:5432"', '-p 5432:5432'],
    works: ['db@docker'],
  },
  {
    of: 'a network of the label that the container is not on',
    setup: labels({ 'docker.network': 'proxy' }, { networks: { proj_default: '172.21.0.2' } }),
    code: 'network-chosen',
    at: ['container app', 'docker.network'],
    value: 'proxy',
    advice: ['proj_default'],
    works: ['db@docker'],
  },
  {
    of: 'a network of the label that Sluice is not on',
    setup: {
      containers: [
        app(
          { 'docker.network': 'back' },
          { networks: { front: '172.20.0.5', back: '172.21.0.2' } },
        ),
      ],
      within: FRONT,
    },
    code: 'network-chosen',
    at: ['container app'],
    value: 'back',
    advice: ['docker network connect back sluice'],
    works: ['db@docker'],
  },
  {
    of: 'a network of the option that the container is not on',
    setup: {
      containers: [app({}, { networks: { other: '172.21.0.2' } })],
      within: { other: '172.21.0.9', proxy: '172.22.0.9' },
      docker: { network: 'proxy' },
    },
    code: 'network-chosen',
    at: ['container app'],
    value: 'proxy',
    advice: ['other'],
    works: ['db@docker'],
  },
  {
    of: 'no network at all',
    setup: labels({}, { networkMode: 'none', networks: {} }),
    code: 'no-address',
    at: ['container app'],
    advice: ['network'],
  },
  {
    of: 'still starting',
    setup: labels({}, { health: 'starting' }),
    code: 'unhealthy',
    severity: 'info',
    at: ['container app'],
    value: 'starting',
    advice: ['health check'],
  },
  {
    of: 'unhealthy',
    setup: labels({}, { health: 'unhealthy' }),
    code: 'unhealthy',
    severity: 'info',
    at: ['container app'],
    value: 'unhealthy',
    advice: ['health check'],
  },
  {
    of: 'paused',
    setup: labels({}, { state: 'paused' }),
    code: 'not-running',
    severity: 'info',
    at: ['container app'],
    value: 'paused',
    advice: ['unpause'],
  },
  {
    of: 'stopped',
    setup: labels({}, { state: 'exited' }),
    code: 'not-running',
    severity: 'info',
    at: ['container app'],
    value: 'exited',
    advice: ['runs'],
  },
  {
    of: 'not enabled where containers have to be',
    setup: { containers: [app({})], docker: { exposedByDefault: false } },
    code: 'ignored',
    severity: 'info',
    at: ['container app'],
    advice: ['traefik.enable=true'],
  },
  {
    of: 'enable misspelt where containers have to be enabled',
    setup: { containers: [app({ enabel: 'true' })], docker: { exposedByDefault: false } },
    code: 'unknown-key',
    at: ['traefik.enabel'],
    advice: ['enable'],
  },
  {
    of: 'a constraint that cannot be read',
    setup: { containers: [], docker: { constraints: 'Label(`a`' } },
    breaks: true,
    code: 'constraint',
    at: ['providers.docker.constraints'],
    value: 'Label(`a`',
    advice: ['Label(`key`, `value`)'],
  },
  {
    of: 'a function of Consul in a constraint',
    setup: { containers: [], docker: { constraints: 'Tag(`a`)' } },
    breaks: true,
    code: 'constraint',
    at: ['providers.docker.constraints'],
    value: 'Tag(`a`)',
    advice: ['Label'],
  },
  {
    of: 'the same router in two projects',
    setup: {
      containers: [
        app({}, { name: 'a-app', startedAt: '2026-11-24T10:00:00Z' }),
        app(
          { 'tcp.routers.db.rule': 'HostSNI(`b.test`)', 'tcp.routers.db.tls': 'true' },
          {
            name: 'b-app',
            startedAt: '2026-11-24T11:00:00Z',
          },
        ),
      ],
    },
    code: 'conflict',
    at: ['b-app'],
    advice: ['name'],
    works: ['db@docker'],
  },
  {
    of: 'the same service with other settings',
    setup: {
      containers: [
        app(
          { 'tcp.services.s.loadbalancer.server.port': '1' },
          {
            name: 'a-app',
            startedAt: '2026-11-24T10:00:00Z',
          },
        ),
        {
          name: 'b-app',
          startedAt: '2026-11-24T11:00:00Z',
          ports: ['1/tcp'],
          labels: {
            'traefik.tcp.services.s.loadbalancer.server.port': '1',
            'sluice.tcp.services.s.loadbalancer.strategy': 'leastconn',
          },
        },
      ],
    },
    code: 'conflict',
    at: ['b-app'],
    advice: ['name'],
    works: ['db@docker'],
  },
  {
    of: 'the network of another container that is gone',
    setup: labels(
      { 'tcp.services.s.loadbalancer.server.port': '5432' },
      {
        networkMode: 'container:gone',
        networks: {},
        ports: [],
      },
    ),
    code: 'no-address',
    at: ['container app'],
    advice: ['start'],
  },
  {
    of: 'a port of zero',
    setup: labels({ 'tcp.services.s.loadbalancer.server.port': '0' }),
    code: 'bad-value',
    at: ['server.port'],
    advice: ['65535'],
  },
  {
    of: 'a port that is none',
    setup: labels({ 'tcp.services.s.loadbalancer.server.port': '70000' }),
    code: 'bad-value',
    at: ['server.port'],
    value: '70000',
    advice: ['65535'],
  },
  {
    of: 'a port with its protocol',
    setup: labels({ 'tcp.services.s.loadbalancer.server.port': '5432/tcp' }),
    code: 'bad-value',
    at: ['server.port'],
    value: '5432/tcp',
    advice: ['65535'],
  },
  {
    of: 'the swarm label on a plain container',
    setup: labels({ 'swarm.network': 'front' }),
    code: 'ignored',
    at: ['traefik.swarm.network'],
    advice: ['traefik.docker.network'],
    works: ['db@docker'],
  },
  {
    of: 'quotes of a YAML list left in a label',
    setup: labels({ 'tcp.routers.db.entrypoints': '"pg"' }),
    code: 'no-entry-point',
    at: ['traefik.tcp.routers.db.entrypoints'],
    value: '"pg"',
    advice: ['pg'],
  },
]);

rightSetups('docker', [
  { of: 'one port that the image exposes', setup: labels({}), works: ['db@docker'] },
  {
    of: 'several ports and a label',
    setup: labels(
      { 'tcp.services.s.loadbalancer.server.port': '80' },
      { ports: ['80/tcp', '81/tcp'] },
    ),
    works: ['db@docker'],
  },
  {
    of: 'TCP and UDP on the same port',
    setup: labels({}, { ports: ['53/tcp', '53/udp'] }),
    works: ['db@docker'],
  },
  {
    of: 'the short name of a Compose network',
    setup: {
      containers: [
        app(
          { 'docker.network': 'front', '=com.docker.compose.project': 'proj' },
          { networks: { proj_back: '172.21.0.2', proj_front: '172.20.0.5' } },
        ),
      ],
      within: { proj_front: '172.20.0.2' },
    },
    works: ['db@docker'],
  },
  {
    of: 'one of two networks that is shared',
    setup: {
      containers: [app({}, { networks: { back: '172.21.0.2', front: '172.20.0.5' } })],
      within: FRONT,
    },
    works: ['db@docker'],
  },
  {
    of: 'a router to a service of a file, without a port',
    setup: {
      containers: [app({ 'tcp.routers.db.service': 'beside@file' }, NO_PORTS)],
      files: {},
    },
    works: ['db@docker'],
  },
  {
    of: 'two containers of one service',
    setup: {
      containers: ['a', 'b'].map((name) =>
        app({ 'tcp.services.s.loadbalancer.server.port': '5432' }, { name }),
      ),
    },
    works: ['db@docker'],
  },
  {
    of: 'a constraint that leaves one out',
    setup: {
      containers: [app({ '=tier': 'x', 'tcp.routers.db.service': 'gone' })],
      docker: { constraints: 'Label(`traefik.enable`, `true`)' },
    },
    works: [],
  },
  {
    of: 'healthy',
    setup: labels({}, { health: 'healthy' }),
    works: ['db@docker'],
  },
  {
    of: 'a container that is not ours',
    setup: {
      containers: [
        { name: 'x', labels: { 'com.docker.compose.project': 'p' } },
        app({ 'tcp.routers.db.rule': RULE }),
      ],
    },
    works: ['db@docker'],
  },
]);
