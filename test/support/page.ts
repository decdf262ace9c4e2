import type { Configuration, Finding, Live } from '../../page/answers.js';

export const configuration = (rest: Partial<Configuration> = {}): Configuration => ({
  entryPoints: [],
  routers: [],
  services: [],
  middlewares: [],
  serversTransports: [],
  tlsOptions: [],
  ...rest,
});

export const live = (rest: Partial<Live> = {}): Live => ({
  clockMs: 1_000,
  revisions: { configuration: 1, findings: 1 },
  health: { ready: true, providers: [] },
  open: 0,
  entryPoints: {},
  routers: {},
  services: {},
  ...rest,
});

export const finding = (rest: Partial<Finding> = {}): Finding => ({
  id: 'f',
  code: 'bad-value',
  severity: 'error',
  at: { kind: 'file', path: '/a.yml', line: 1, column: 1 },
  related: [],
  message: 'it is wrong',
  since: '2026-01-01T00:00:00.000Z',
  ...rest,
});
