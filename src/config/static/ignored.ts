import type { Diagnostic, Place } from '../diagnostic.js';

/** Not read, and nobody misses it: what they ask for or switch off is not there at all. */
const SILENT: ReadonlySet<string> = new Set([
  'global',
  'api.disableDashboardAd',
  'api.dashboardName',
  'providers.file.debugLogGeneratedTemplate',
  'metrics.addInternals',
]);

/** The options of Traefik's that were written and have no use here (D22): one warning for all. */
export function reportIgnored(foreign: ReadonlyMap<string, Place>): readonly Diagnostic[] {
  const resolvers = foreign.get('certificatesResolvers');
  const unread = [...foreign].filter(
    ([path]) => !SILENT.has(path) && path !== 'certificatesResolvers',
  );
  const [first] = unread;
  const names = unread.map(([path]) => path).join(', ');
  return [
    ...(first
      ? [
          {
            code: 'ignored',
            severity: 'warning',
            object: { kind: 'option', name: first[0] },
            at: first[1],
            ...(unread.length > 1 && { related: unread.slice(1).map(([, place]) => place) }),
            message: `no use for these options, which are not read: ${names}`,
            value: names,
            fix: 'leave them out',
          } as const,
        ]
      : []),
    ...(resolvers ? [noResolver(resolvers)] : []),
  ];
}

/** D43. */
const noResolver = (at: Place): Diagnostic => ({
  code: 'not-served',
  severity: 'warning',
  object: { kind: 'option', name: 'certificatesResolvers' },
  at,
  message: 'certificatesResolvers is not read: Sluice obtains no certificates',
  fix: 'list certificates under tls.certificates in a file of the file provider',
});
