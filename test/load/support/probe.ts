import { createServer } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Loaded into the built program before it starts (`--import`): says what its memory is after a garbage
 * collection, and sets its clock. On a Unix socket of the test's own.
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

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://probe');
  if (pathname === '/clock') shift = Number(searchParams.get('shift'));
  else collectGarbage();
  response.end(JSON.stringify(process.memoryUsage()));
});
server.on('connection', (socket) => socket.unref());
server.listen(process.env['SLUICE_TEST_PROBE']).unref();
