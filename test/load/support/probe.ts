import { createServer } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BroadcastChannel, isMainThread } from 'node:worker_threads';

/**
 * Loaded into the built program before it starts (`--import`): says what its memory is after a garbage
 * collection, and sets its clock. On a Unix socket of the test's own. Node loads it into each thread of
 * the program.
 */
const RealDate = Date;
let shift = 0;

/** Some time away from the system's. */
class ShiftedDate extends RealDate {
  constructor(...args: readonly [] | ConstructorParameters<DateConstructor>) {
    if (args.length === 0) super(RealDate.now() + shift);
    else super(...args);
  }

  static override now(): number {
    return RealDate.now() + shift;
  }
}
Object.defineProperty(globalThis, 'Date', { value: ShiftedDate });

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

type Wish = { readonly shift: number } | 'collect';

const grant = (wish: Wish) => {
  if (wish === 'collect') collectGarbage();
  else shift = wish.shift;
};

const threads = new BroadcastChannel('sluice-probe');
threads.unref();
threads.onmessage = (event) => grant((event as { readonly data: Wish }).data);

if (isMainThread) {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://probe');
    const wish = pathname === '/clock' ? { shift: Number(searchParams.get('shift')) } : 'collect';
    grant(wish);
    threads.postMessage(wish);
    response.end(JSON.stringify(process.memoryUsage()));
  });
  server.on('connection', (socket) => socket.unref());
  server.listen(process.env['SLUICE_TEST_PROBE']).unref();
}
