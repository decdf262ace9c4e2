import type { Place } from '../../../src/config/diagnostic.js';
import type { ReadFile } from '../../../src/config/static/config-file.js';
import type { ComposeService } from './service.js';

/** A text in a block may begin some lines below its key. */
const MOST_LINES = 50;

/**
 * Where in the compose file a label of a made-up container stands. `value`: what was found there,
 * which is pointed at.
 */
export class Places {
  readonly #services: ReadonlyMap<string, ComposeService>;
  readonly #readFile: ReadFile;
  readonly #lines = new Map<string, readonly string[]>();

  /** Services by the id of their container. */
  constructor(services: ReadonlyMap<string, ComposeService>, readFile: ReadFile) {
    this.#services = services;
    this.#readFile = readFile;
  }

  locate(place: Place, value?: string): Place {
    if (place.kind !== 'label') return place;
    const service = this.#services.get(place.containerId);
    if (service === undefined) return place;
    const label = service.labels.get(place.key);
    if (label === undefined) return service.at;
    if (place.offset !== undefined) {
      return this.#find(label.valueAt, label.value, place.offset) ?? label.valueAt;
    }
    const isValue = value !== undefined && label.value !== '' && value === label.value;
    const needle = value === undefined || value === '' ? place.key : value;
    return (
      this.#find(isValue ? label.valueAt : label.at, needle, 0) ??
      this.#find(label.at, place.key, 0) ??
      label.at
    );
  }

  /** The character `offset` of a text that begins at or behind `from`. */
  #find(from: Place, text: string, offset: number): Place | undefined {
    if (from.kind !== 'file') return undefined;
    const lines = this.#linesOf(from.path);
    const isBlock = /^[|>]/.test(lines[from.line - 1]?.slice(from.column - 1) ?? '');
    const last = isBlock ? from.line + MOST_LINES : from.line;
    for (let line = from.line; line <= last; line += 1) {
      const start = line === from.line ? from.column - 1 : 0;
      const column = lines[line - 1]?.indexOf(text, start) ?? -1;
      if (column >= 0) return { ...from, line, column: column + offset + 1 };
    }
    return undefined;
  }

  #linesOf(path: string): readonly string[] {
    const known = this.#lines.get(path);
    if (known !== undefined) return known;
    const text = this.#readFile(path);
    const lines = typeof text === 'string' ? text.split(/\r?\n/) : [];
    this.#lines.set(path, lines);
    return lines;
  }
}
