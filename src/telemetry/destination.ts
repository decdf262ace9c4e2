import { pino } from 'pino';

/** What a disk that is full or a reader that is gone may keep waiting; the rest is lost. */
const MOST_WAITING_BYTES = 1 << 20;

/**
 * Where lines are written before the call returns; empty for stdout. What cannot be written later is
 * no reason to stop. Throws if the file cannot be opened.
 */
export function openDestination(filePath: string): ReturnType<typeof pino.destination> {
  const destination = pino.destination({
    dest: filePath === '' ? 1 : filePath,
    sync: true,
    mkdir: true,
    maxLength: MOST_WAITING_BYTES,
  });
  // An error event without a listener would end the process, with every connection in it.
  destination.on('error', () => {});
  return destination;
}
