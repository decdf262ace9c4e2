import type { Timers } from '../../net/timers.js';
import type { Server } from '../../routing/service.js';
import type { LogFields } from '../../telemetry/log-fields.js';
import { Occurrences } from '../occurrences.js';
import { SERVER_ADVICE, type ServerTrouble } from '../server-advice.js';
import type { ProxyLogger } from '../session-log.js';

interface Line {
  readonly isUp: boolean;
  readonly fields: LogFields;
}

/** What the log says of servers that go down and come back; of one that does so all the time, as a count. */
export class HealthLog {
  readonly #lines: Occurrences<Line>;

  constructor(log: ProxyLogger, timers: Timers) {
    this.#lines = new Occurrences(timers, ({ isUp, fields }, times) => {
      if (isUp) log.info({ ...fields, times }, 'the server is up');
      else log.warn({ ...fields, times }, 'the server is down');
    });
  }

  /** `why`: what it met with last. */
  changed(service: string, server: Server, why: ServerTrouble | '', detail = ''): void {
    const { address, owner, health } = server;
    const { isUp } = health;
    this.#lines.note(`${isUp ? 'up' : 'down'} ${service} ${address} ${owner}`, {
      isUp,
      fields: {
        service,
        server: address,
        owner,
        ...(why !== '' && { why }),
        ...(detail !== '' && { detail }),
        ...(why !== '' && { fix: SERVER_ADVICE[why] || undefined }),
      },
    });
  }

  /** Says what was only counted so far. */
  close(): void {
    this.#lines.close();
  }
}
