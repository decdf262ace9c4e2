import { request } from 'node:http';
import type { StaticConfig } from '../config/static.js';

const TIMEOUT_MS = 5_000;

/** PNG-2: asks a running Sluice of the same configuration for `/ping`. One line and an exit code. */
export async function healthcheck(
  config: StaticConfig,
): Promise<{ readonly line: string; readonly code: 0 | 1 }> {
  const { ping, entryPoints } = config;
  if (!ping) return { line: 'ping is not configured: write ping: {}', code: 1 };
  const entryPoint = entryPoints.get(ping.entryPoint);
  if (!entryPoint)
    return { line: `ping wants entry point "${ping.entryPoint}", which there is not`, code: 1 };
  const url = `http://${entryPoint.address}/ping`;
  const options = {
    host: entryPoint.host || 'localhost',
    port: entryPoint.port,
    path: '/ping',
    method: 'HEAD',
    timeout: TIMEOUT_MS,
  };
  return new Promise((resolve) => {
    const asked = request(options, (response) => {
      response.resume();
      const { statusCode = 0 } = response;
      resolve(
        statusCode === 200
          ? { line: `OK: ${url}`, code: 0 }
          : { line: `${url} answered ${statusCode}`, code: 1 },
      );
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    asked.on('error', ({ message }) => resolve({ line: `${url}: ${message}`, code: 1 }));
    asked.end();
  });
}
