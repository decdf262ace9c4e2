import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { freePort } from '../e2e/support/sluice.js';
import { until } from '../support/eventually.js';
import { MAIN, NODE_24, stop } from './contenders.js';
import { median, row, rounded } from './report.js';

/** The image that the tests import: busybox and nothing else. */
const IMAGE = 'sluice-test:1';

const CHANGES_MS = 300;
const BETWEEN_TRIES_MS = 2;

interface Ports {
  readonly bench: number;
  readonly traefik: number;
}

interface Times {
  /** Milliseconds that the engine took to start the container. */
  readonly engine: number;
  /** And from then until a connection through Sluice was answered by it. */
  readonly routed: number;
}

/** From `docker start` of a labelled container to the first routed connection. */
export async function discovery(times: number): Promise<void> {
  console.log('\ndiscovery: from the start of a labelled container to its first connection');
  console.log(row('', ['ms engine', 'ms then', 'from', 'to']));
  const container = await new Docker().createContainer({
    Image: IMAGE,
    Cmd: ['nc', '-ll', '-p', '7000', '-e', 'echo', 'here'],
    Labels: {
      'traefik.tcp.routers.bench.rule': 'HostSNI(`*`)',
      'traefik.tcp.routers.bench.entrypoints': 'bench',
      'traefik.tcp.services.bench.loadbalancer.server.port': '7000',
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const ports = { bench: await freePort(), traefik: await freePort() };
  const sluice = spawn(
    NODE_24,
    [
      MAIN,
      ...Object.entries(ports).map(([n, port]) => `--entryPoints.${n}.address=127.0.0.1:${port}`),
      '--api.insecure',
      '--providers.docker',
      `--providers.file.directory=${folder}`,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const startOften = async () => {
    const all: Times[] = [];
    for (let i = 0; i < times; i += 1) all.push(await startOnce(container, ports));
    return all;
  };
  try {
    await startOnce(container, ports);
    report('quiet', await startOften());
    const changes = changeOften(folder);
    report('busy', await startOften());
    clearInterval(changes);
  } finally {
    await container.remove({ force: true });
    await stop(sluice);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rewrites a file that Sluice watches, so that it changes its table all the time. */
function changeOften(folder: string): NodeJS.Timeout {
  let changes = 0;
  return setInterval(() => {
    changes += 1;
    const address = `127.0.0.1:${1_024 + (changes % 60_000)}`;
    const services = { other: { loadBalancer: { servers: [{ address }] } } };
    const routers = { other: { rule: 'ClientIP(`192.0.2.1`)', service: 'other' } };
    writeFileSync(join(folder, 'other.yml'), JSON.stringify({ tcp: { routers, services } }));
  }, CHANGES_MS);
}

async function startOnce(container: Docker.Container, ports: Ports): Promise<Times> {
  let isOver = false;
  const routed = firstAnswer(ports.bench, () => isOver);
  const began = performance.now();
  await container.start();
  const started = performance.now();
  const deadline = setTimeout(() => (isOver = true), 15_000);
  const answered = await routed;
  clearTimeout(deadline);
  await container.kill();
  // Not by a try: the kernel remembers for seconds that a dead container does not answer.
  await until('the route is gone', async () => {
    const { status } = await fetch(
      `http://127.0.0.1:${ports.traefik}/api/tcp/routers/bench@docker`,
    );
    return status === 404;
  });
  return { engine: started - began, routed: Math.max(0, answered - started) };
}

async function firstAnswer(port: number, isOver: () => boolean): Promise<number> {
  while (!isOver()) {
    if (await isAnswered(port)) return performance.now();
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES_MS));
  }
  throw new Error('the container was never reached');
}

/** Whether anything but the end comes through. */
async function isAnswered(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  let hasAnswer = false;
  socket.on('data', () => (hasAnswer = true));
  socket.on('error', () => {});
  await new Promise((resolve) => socket.on('close', resolve));
  return hasAnswer;
}

function report(name: string, times: readonly Times[]): void {
  const routed = times.map((one) => one.routed);
  const figures = [
    median(times.map(({ engine }) => engine)),
    median(routed),
    Math.min(...routed),
    Math.max(...routed),
  ];
  console.log(`${row(name, figures.map(rounded))}   aim 100`);
}
