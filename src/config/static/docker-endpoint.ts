/** Where a Docker engine is reached. */
export type DockerEndpoint =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'ssh'; readonly url: URL }
  /** `port` undefined: the usual one. */
  | {
      readonly kind: 'tcp';
      readonly host: string;
      readonly port: number | undefined;
      readonly isHttps: boolean;
    };

export type ParsedDockerEndpoint =
  | { readonly ok: true; readonly endpoint: DockerEndpoint }
  | { readonly ok: false; readonly reason: string };

const SCHEMES = ['tcp', 'http', 'https', 'ssh'];

const bad = (reason: string) => ({ ok: false, reason }) as const;

/** Reads `unix:///path`, `/path`, `tcp://`, `http://`, `https://`, `ssh://`; without a scheme it is tcp. */
export function parseDockerEndpoint(text: string): ParsedDockerEndpoint {
  const [, scheme = 'tcp', rest = ''] = /^(?:([a-z]+):\/\/)?(.*)$/.exec(text) ?? [];
  if (scheme === 'unix' || text.startsWith('/')) {
    return rest === ''
      ? bad(`"${text}" names no socket`)
      : { ok: true, endpoint: { kind: 'unix', path: rest } };
  }
  if (!SCHEMES.includes(scheme)) return bad(`endpoints of ${scheme}:// are not served`);
  // Not http: such a URL leaves out port 80, which somebody may have meant.
  const url = URL.canParse(`tcp://${rest}`) ? new URL(`tcp://${rest}`) : undefined;
  if (!url?.hostname) return bad(`"${text}" is no endpoint`);
  if (scheme === 'ssh') {
    return url.pathname === '' || url.pathname === '/'
      ? { ok: true, endpoint: { kind: 'ssh', url } }
      : bad(`"${text}": a path behind the host is not read; the engine is docker's own`);
  }
  const port = url.port === '' ? undefined : Number(url.port);
  return {
    ok: true,
    endpoint: { kind: 'tcp', host: url.hostname, port, isHttps: scheme === 'https' },
  };
}
