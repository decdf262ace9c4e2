import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { TestContext } from 'node:test';

/** A proxy before the engine's socket that lets through what does not match; the rest is forbidden. */
export async function socketProxy(t: TestContext, forbidden: RegExp): Promise<string> {
  const server = createServer((asked, answer) => {
    if (forbidden.test(asked.url ?? '')) {
      answer.writeHead(403).end('<html><body>forbidden by the rules</body></html>');
      return;
    }
    const { method, url: path, headers } = asked;
    const passed = request(
      { socketPath: '/var/run/docker.sock', method, path, headers },
      (from) => {
        answer.writeHead(from.statusCode ?? 502, from.headers);
        // An event stream says nothing for long.
        answer.flushHeaders();
        from.pipe(answer);
        answer.on('close', () => from.destroy());
      },
    );
    passed.on('error', () => answer.destroy());
    passed.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `tcp://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}
