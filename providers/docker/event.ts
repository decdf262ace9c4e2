/** What an event means for discovery. */
export type Change =
  | { readonly kind: 'container'; readonly id: string }
  | { readonly kind: 'gone'; readonly id: string };

interface EngineEvent {
  readonly Type?: unknown;
  readonly Action?: unknown;
  readonly id?: unknown;
  readonly Actor?: {
    readonly ID?: unknown;
    readonly Attributes?: Readonly<Record<string, unknown>>;
  };
}

/** D13. Podman says `died` for `die`; health events carry their result behind a colon. */
const RELEVANT =
  /^(create|start|die|died|stop|kill|restart|pause|unpause|rename|update|oom|health_status(:.*)?)$/;

/** The change that one line of the event stream tells of; undefined for what is none of ours. */
export function changeOf(line: string): Change | undefined {
  const event = parse(line);
  if (event === undefined) return undefined;
  const action = String(event.Action);
  if (event.Type === 'network') {
    const id = event.Actor?.Attributes?.['container'];
    return (action === 'connect' || action === 'disconnect') && typeof id === 'string'
      ? { kind: 'container', id }
      : undefined;
  }
  const id = event.Actor?.ID ?? event.id;
  if (event.Type !== 'container' || typeof id !== 'string') return undefined;
  if (action === 'destroy') return { kind: 'gone', id };
  return RELEVANT.test(action) ? { kind: 'container', id } : undefined;
}

function parse(line: string): EngineEvent | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    // Not an event: the next full list finds whatever it may have said.
    return undefined;
  }
}
