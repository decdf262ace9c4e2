import type { LogFields } from '../../src/telemetry/log-fields.js';
import type { Logger } from '../../src/telemetry/log.js';

export interface RecordedLine {
  readonly level: keyof Omit<Logger, 'isLevelEnabled'>;
  readonly fields: LogFields;
  readonly message: string;
}

/** A log that remembers. */
export class RecordedLog implements Logger {
  readonly lines: RecordedLine[] = [];
  readonly fatal = this.#at('fatal');
  readonly error = this.#at('error');
  readonly warn = this.#at('warn');
  readonly info = this.#at('info');
  readonly debug = this.#at('debug');

  isLevelEnabled(): boolean {
    return true;
  }

  of(level: RecordedLine['level']): readonly RecordedLine[] {
    return this.lines.filter((line) => line.level === level);
  }

  #at(level: RecordedLine['level']) {
    return (fields: LogFields, message: string): void => {
      this.lines.push({ level, fields, message });
    };
  }
}
