/**
 * What an Engine 20.10 answers as the manager of a Swarm of one node, without the members that nobody
 * reads: `hst` on the host's network, `db` twice on `back` with a port at the routing mesh, `rr` on each node
 * without a virtual address, `web` on no network, `hostpub` with a port of its node.
 */
export const SERVICES = [
  {
    ID: '0mj31idxx1ro4upf1c50frc6k',
    CreatedAt: '2026-11-25T18:33:15.030542376Z',
    Spec: {
      Name: 'hst',
      Labels: {},
      Mode: { Replicated: { Replicas: 1 } },
      EndpointSpec: { Mode: 'vip' },
    },
    Endpoint: { Spec: { Mode: 'vip' }, VirtualIPs: [{ NetworkID: 'o1bfcy463bux4spoweowftjw4' }] },
  },
  {
    ID: '4vsyf0w0zgati8rk3os3ok39r',
    CreatedAt: '2026-11-25T18:33:14.991813428Z',
    Spec: {
      Name: 'db',
      Labels: { x: 'y' },
      Mode: { Replicated: { Replicas: 2 } },
      EndpointSpec: {
        Mode: 'vip',
        Ports: [{ Protocol: 'tcp', TargetPort: 7000, PublishedPort: 7099, PublishMode: 'ingress' }],
      },
    },
    Endpoint: {
      Spec: {
        Mode: 'vip',
        Ports: [{ Protocol: 'tcp', TargetPort: 7000, PublishedPort: 7099, PublishMode: 'ingress' }],
      },
      Ports: [{ Protocol: 'tcp', TargetPort: 7000, PublishedPort: 7099, PublishMode: 'ingress' }],
      VirtualIPs: [
        { NetworkID: '27efxghgkpg3i3fxon75fp6ci', Addr: '10.0.0.3/24' },
        { NetworkID: 'nihq9299d6nc9pdl9kuakawyl', Addr: '10.0.1.2/24' },
      ],
    },
  },
  {
    ID: 'a14t3ptle1lidvfzhhcshyyzx',
    CreatedAt: '2026-11-25T18:33:15.010461399Z',
    Spec: { Name: 'rr', Labels: {}, Mode: { Global: {} }, EndpointSpec: { Mode: 'dnsrr' } },
    Endpoint: { Spec: {} },
  },
  {
    ID: 'esbvve2b6w0lop3jk8q1pfitk',
    CreatedAt: '2026-11-25T18:32:56.944873027Z',
    Spec: {
      Name: 'web',
      Labels: { a: 'b' },
      Mode: { Replicated: { Replicas: 1 } },
      EndpointSpec: { Mode: 'vip' },
    },
    Endpoint: { Spec: {} },
  },
  {
    ID: '1zg53pllgougthsxm2leu3llj',
    CreatedAt: '2026-11-25T21:56:02.690450243Z',
    Spec: {
      Name: 'hostpub',
      Labels: {},
      Mode: { Replicated: { Replicas: 1 } },
      EndpointSpec: {
        Mode: 'vip',
        Ports: [{ Protocol: 'tcp', TargetPort: 7000, PublishedPort: 7077, PublishMode: 'host' }],
      },
    },
    Endpoint: {
      Spec: {
        Mode: 'vip',
        Ports: [{ Protocol: 'tcp', TargetPort: 7000, PublishedPort: 7077, PublishMode: 'host' }],
      },
      Ports: [{ Protocol: 'tcp', TargetPort: 7000, PublishedPort: 7077, PublishMode: 'host' }],
    },
  },
];

export const TASKS = [
  {
    ID: '1kx3s0mtt28aitbijuokvoumf',
    ServiceID: 'esbvve2b6w0lop3jk8q1pfitk',
    Slot: 1,
    NodeID: '9uafn3s1ha97pmh25q3wrcap4',
    Status: {
      State: 'running',
      Message: 'started',
      ContainerStatus: {
        ContainerID: '886b8291e1a90be1787a104c53414058d0fb99d3dc901903e0815823dc774172',
      },
      PortStatus: {},
    },
    DesiredState: 'running',
  },
  {
    ID: '1uf8hps0vyp62tb474itwl84e',
    ServiceID: '0mj31idxx1ro4upf1c50frc6k',
    Slot: 1,
    NodeID: '9uafn3s1ha97pmh25q3wrcap4',
    Status: {
      State: 'running',
      Message: 'started',
      ContainerStatus: {
        ContainerID: 'f228b943eb1ca641b41ced75836778e944a7114b4a7af4181468a481ed3bd16f',
      },
      PortStatus: {},
    },
    DesiredState: 'running',
    NetworksAttachments: [
      {
        Network: {
          ID: 'o1bfcy463bux4spoweowftjw4',
          Spec: { Name: 'host', Scope: 'swarm' },
          DriverState: { Name: 'host' },
        },
      },
    ],
  },
  {
    ID: '8fjy7p6i7hf8a57n2r7bvrpc8',
    ServiceID: 'a14t3ptle1lidvfzhhcshyyzx',
    NodeID: '9uafn3s1ha97pmh25q3wrcap4',
    Status: {
      State: 'running',
      Message: 'started',
      ContainerStatus: {
        ContainerID: '982cb6181d6bff8860ce33b745d8b6d954c12e037868f7ab8eb81acb061f6b42',
      },
      PortStatus: {},
    },
    DesiredState: 'running',
    NetworksAttachments: [
      {
        Network: {
          ID: 'nihq9299d6nc9pdl9kuakawyl',
          Spec: { Name: 'back', Scope: 'swarm' },
          DriverState: { Name: 'overlay' },
        },
        Addresses: ['10.0.1.5/24'],
      },
    ],
  },
  {
    ID: 'crlazs0fpjxpo0eggs86d40fk',
    ServiceID: '4vsyf0w0zgati8rk3os3ok39r',
    Slot: 2,
    NodeID: '9uafn3s1ha97pmh25q3wrcap4',
    Status: {
      State: 'running',
      Message: 'started',
      ContainerStatus: {
        ContainerID: '2ab6774c99e74d0cf473c80391dc43b9f5888bd346d38a6c8fb8b22f2c46d7c0',
      },
      PortStatus: {},
    },
    DesiredState: 'running',
    NetworksAttachments: [
      {
        Network: {
          ID: '27efxghgkpg3i3fxon75fp6ci',
          Spec: { Name: 'ingress', Ingress: true, Scope: 'swarm' },
          DriverState: { Name: 'overlay' },
        },
        Addresses: ['10.0.0.5/24'],
      },
      {
        Network: {
          ID: 'nihq9299d6nc9pdl9kuakawyl',
          Spec: { Name: 'back', Scope: 'swarm' },
          DriverState: { Name: 'overlay' },
        },
        Addresses: ['10.0.1.4/24'],
      },
    ],
  },
  {
    ID: 'o737p3qg72l2yxva46k0gj55k',
    ServiceID: '4vsyf0w0zgati8rk3os3ok39r',
    Slot: 1,
    NodeID: '9uafn3s1ha97pmh25q3wrcap4',
    Status: {
      State: 'running',
      Message: 'started',
      ContainerStatus: {
        ContainerID: '33323ef76cdcc5da541cf32a339d916d2bd17f0a398c80bbe0eae72ceefde08a',
      },
      PortStatus: {},
    },
    DesiredState: 'running',
    NetworksAttachments: [
      {
        Network: {
          ID: '27efxghgkpg3i3fxon75fp6ci',
          Spec: { Name: 'ingress', Ingress: true, Scope: 'swarm' },
          DriverState: { Name: 'overlay' },
        },
        Addresses: ['10.0.0.4/24'],
      },
      {
        Network: {
          ID: 'nihq9299d6nc9pdl9kuakawyl',
          Spec: { Name: 'back', Scope: 'swarm' },
          DriverState: { Name: 'overlay' },
        },
        Addresses: ['10.0.1.3/24'],
      },
    ],
  },
  {
    ID: 'y5o9h5ds7e5ow1vgryj1k6n58',
    ServiceID: '1zg53pllgougthsxm2leu3llj',
    Slot: 1,
    NodeID: '9uafn3s1ha97pmh25q3wrcap4',
    Status: {
      State: 'running',
      Message: 'started',
      ContainerStatus: {
        ContainerID: 'a729c2c03b45925cf7a0bfc8ec1fa6bf1db1c7b91f2393f777ed8ea52cf639de',
      },
      PortStatus: {
        Ports: [
          { Protocol: 'tcp', TargetPort: 7000, PublishedPort: 7077, PublishMode: 'host' },
          { Protocol: 'tcp', TargetPort: 7000, PublishedPort: 7077, PublishMode: 'host' },
        ],
      },
    },
    DesiredState: 'running',
  },
];

export const NODES = [
  {
    ID: '9uafn3s1ha97pmh25q3wrcap4',
    Spec: { Role: 'manager', Availability: 'active' },
    Status: { State: 'ready', Addr: '127.0.0.1' },
    ManagerStatus: { Leader: true, Reachability: 'reachable', Addr: '127.0.0.1:2399' },
  },
];

export const NETWORKS = [
  {
    Name: 'ingress',
    Id: '27efxghgkpg3i3fxon75fp6ci',
    Scope: 'swarm',
    Driver: 'overlay',
    Ingress: true,
    IPAM: { Config: [{ Subnet: '10.0.0.0/24', Gateway: '10.0.0.1' }] },
  },
  {
    Name: 'back',
    Id: 'nihq9299d6nc9pdl9kuakawyl',
    Scope: 'swarm',
    Driver: 'overlay',
    Ingress: false,
    IPAM: { Config: [{ Subnet: '10.0.1.0/24', Gateway: '10.0.1.1' }] },
  },
  {
    Name: 'docker_gwbridge',
    Id: '4639e0805a3bc00311cf59b25a1da64ec34e274f9939dae72dfce56d826749ae',
    Scope: 'local',
    Driver: 'bridge',
    Ingress: false,
    IPAM: { Config: [{ Subnet: '172.20.0.0/16', Gateway: '172.20.0.1' }] },
  },
  {
    Name: 'none',
    Id: '68906aa09d81f3830b3fb8bbe9f9d88aa90cd7af7a9ad12d3835cb0ff2b2e145',
    Scope: 'local',
    Driver: 'null',
    Ingress: false,
    IPAM: { Config: [] },
  },
  {
    Name: 'host',
    Id: 'b98674bda02bc53fd54e9b63ccf5a7c90735b3dfaaa193836bef6ac560465dcd',
    Scope: 'local',
    Driver: 'host',
    Ingress: false,
    IPAM: { Config: [] },
  },
  {
    Name: 'bridge',
    Id: 'be3da8689a44a2f2b50e2cbf6672074fc65ad55db19a06348755dc6b42b98847',
    Scope: 'local',
    Driver: 'bridge',
    Ingress: false,
    IPAM: { Config: [{ Subnet: '172.29.79.0/24', Gateway: '172.29.79.1' }] },
  },
];
