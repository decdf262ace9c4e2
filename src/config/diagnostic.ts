import type { DiagnosticCode } from './diagnostic-codes.js';

/**
 * Where something was written, precisely enough for its author to find it (D42). An empty `key` or
 * `tag` means the container or the instance as a whole. `offset` counts characters into the value.
 */
export type Place =
  | {
      readonly kind: 'label';
      readonly container: string;
      readonly containerId: string;
      readonly key: string;
      readonly offset?: number;
      /** It is a label of a Swarm service, whose name and id stand for those of a container. */
      readonly isService?: true;
    }
  | {
      readonly kind: 'tag';
      readonly node: string;
      readonly service: string;
      readonly instance: string;
      readonly tag: string;
      readonly offset?: number;
    }
  | {
      readonly kind: 'file';
      readonly path: string;
      /** From 1. 0: the file as a whole. */
      readonly line: number;
      /** From 1. 0: the line as a whole. */
      readonly column: number;
    }
  | {
      readonly kind: 'static';
      /** As written: `entryPoints.web.address`, `--log.level`, `SLUICE_LOG_LEVEL`. */
      readonly option: string;
      /** `flag`, `environment`, `default`, or `path:line:column` of the file. */
      readonly source: string;
    }
  | { readonly kind: 'endpoint'; readonly url: string };

export type Severity = 'error' | 'warning' | 'info';

/** What kinds of thing a diagnostic can be about. */
export type ObjectKind =
  | 'router'
  | 'service'
  | 'middleware'
  | 'serversTransport'
  | 'tlsOptions'
  | 'tlsStore'
  | 'certificate'
  | 'container'
  | 'swarmService'
  | 'instance'
  | 'file'
  | 'entryPoint'
  | 'provider'
  | 'option';

export interface ObjectRef {
  readonly kind: ObjectKind;
  /** Qualified (`db@docker`) once the provider is known, else as written. */
  readonly name: string;
}

/** One finding about what somebody wrote: where, what is wrong, what to do. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly provider?: string;
  readonly object?: ObjectRef;
  readonly at: Place;
  readonly related?: readonly Place[];
  /** Present tense, lower-case start, no full stop, values quoted. */
  readonly message: string;
  /** As received. Left out for secrets. */
  readonly value?: string;
  /** What to write or do instead. */
  readonly fix?: string;
  /** Nearest valid names or accepted values, best first. */
  readonly suggestions?: readonly string[];
}

/** One that does not say yet whose it is, and of which provider. */
export type Finding = Omit<Diagnostic, 'provider' | 'object'>;

/**
 * True if its object cannot be used. What cannot be used only because something that it refers to
 * cannot is no second error: the one finding about the cause says what to mend.
 */
export const isFault = ({ severity, code }: Diagnostic): boolean =>
  severity === 'error' || code === 'broken-reference' || code === 'unresolved';

/** A value and everything that was wrong with its source: bad input is a result, not an exception. */
export interface Decoded<T> {
  readonly value: T;
  readonly diagnostics: readonly Diagnostic[];
}

/** A place in one line, as it stands in a log or on a terminal. */
export function formatPlace(place: Place): string {
  switch (place.kind) {
    case 'label': {
      const owner = `${place.isService ? 'swarm service' : 'container'} ${place.container}`;
      return place.key === '' ? owner : `${owner}: label ${place.key}${offsetText(place.offset)}`;
    }
    case 'tag':
      return place.tag === ''
        ? `consul ${place.service}/${place.instance} on ${place.node}`
        : `consul ${place.service}/${place.instance} on ${place.node}: tag ${place.tag}${offsetText(place.offset)}`;
    case 'file':
      if (place.line === 0) return place.path;
      return `${place.path}:${place.line}${place.column === 0 ? '' : `:${place.column}`}`;
    case 'static':
      return `${place.option} (${place.source})`;
    case 'endpoint':
      return place.url;
  }
}

function offsetText(offset: number | undefined): string {
  return offset === undefined ? '' : `, character ${offset + 1}`;
}

/** A finding in one line. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { at, message, fix, code } = diagnostic;
  return `${formatPlace(at)}: ${message}${fix === undefined ? '' : `; ${fix}`} [${code}]`;
}
