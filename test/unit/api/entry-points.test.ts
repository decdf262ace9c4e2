import assert from 'node:assert/strict';
import test from 'node:test';
import { entryPointView } from '../../../src/api/entry-points.js';
import { encode } from '../../../src/api/json.js';
import type { EntryPointConfig } from '../../../src/config/static.js';
import { accepted, load } from '../../support/static.js';

function web(...args: readonly string[]): EntryPointConfig {
  const { entryPoints } = accepted(load({ args: ['--entryPoints.web.address=:80', ...args] }));
  return entryPoints.get('web') ?? assert.fail('there is none');
}

const HTTP =
  '"forwardedHeaders":{},"http":{"sanitizePath":true,"maxHeaderBytes":1048576,"underscoreHeadersStrategy":"keep"},"http2":{"maxConcurrentStreams":250,"maxDecoderHeaderTableSize":4096,"maxEncoderHeaderTableSize":4096},"udp":{"timeout":"3s"}';

test('an entry point with its defaults is shown as Traefik shows it, byte for byte (8.4)', () => {
  assert.equal(
    encode(entryPointView(web())),
    `{"address":":80","transport":{"lifeCycle":{"graceTimeOut":"10s"},"respondingTimeouts":{"readTimeout":"1m0s","idleTimeout":"3m0s"}},${HTTP},"name":"web"}\n`,
  );
});

test('what is written is shown, and what is zero is not', () => {
  const entryPoint: EntryPointConfig = {
    ...web('--entryPoints.web.asDefault', '--entryPoints.web.allowACMEByPass'),
    requestAcceptGraceTimeout: 1_000,
    graceTimeOut: 0,
    readTimeout: 0,
    writeTimeout: 90_000,
    idleTimeout: 0,
    reusePort: true,
    proxyProtocol: { insecure: true, trustedIPs: ['10.0.0.0/8'] },
  };
  assert.equal(
    encode(entryPointView(entryPoint)),
    `{"address":":80","allowACMEByPass":true,"reusePort":true,"asDefault":true,"transport":{"lifeCycle":{"requestAcceptGraceTimeout":"1s"},"respondingTimeouts":{"writeTimeout":"1m30s"}},"proxyProtocol":{"insecure":true,"trustedIPs":["10.0.0.0/8"]},${HTTP},"name":"web"}\n`,
  );
});

test("who is trusted by nobody's list has none", () => {
  const view = entryPointView({
    ...web(),
    proxyProtocol: { insecure: false, trustedIPs: [] },
  });
  assert.match(encode(view), /"proxyProtocol":\{\}/);
});
