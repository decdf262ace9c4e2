interface Known {
  readonly means: string;
  /** In general. Each finding has an advice of its own. */
  readonly fix: string;
}

/**
 * What a finding may be: one closed list. Stable: tests and documents refer to the codes; the prose of
 * a finding may change.
 */
export const DIAGNOSTIC_CODES = {
  // what was written
  syntax: {
    means: 'text that is no YAML, TOML, label key or flag',
    fix: 'mend it at the place that is named',
  },
  'unknown-key': {
    means: 'a key or option that there is not',
    fix: 'write the nearest one that there is, or leave it out',
  },
  'unknown-value': {
    means: 'a value that is not one of a closed list',
    fix: 'write one of those that are listed',
  },
  'bad-value': {
    means: 'a value of the wrong kind, or out of bounds',
    fix: 'write it in the form that is named',
  },
  missing: { means: 'something that has to be written is not', fix: 'write it' },
  misplaced: {
    means: 'a known key where it is refused or has no effect',
    fix: 'write it where it belongs',
  },
  ignored: {
    means: 'accepted, and without effect',
    fix: 'leave it out, or write what is meant instead',
  },
  deprecated: { means: 'still understood, and has a better form', fix: 'write the better form' },
  privileged: {
    means: 'refused from labels and tags',
    fix: 'write it into a file, or set allowPrivilegedLabels of the provider',
  },
  conflict: {
    means: 'two that cannot both be: the same name, the same port, two options against each other',
    fix: 'rename one, or leave one out; both places are named',
  },
  reserved: {
    means: 'a name that a file defines, declared by a label or tag',
    fix: 'use another name, or refer to the one of the file',
  },
  // references and rules
  'unknown-reference': {
    means: 'a name that nobody declares',
    fix: 'write the nearest one, with its provider: name@provider',
  },
  'broken-reference': {
    means: 'a name of something that is disabled, and has a finding of its own',
    fix: 'mend that one',
  },
  cycle: { means: 'services that refer to each other in a circle', fix: 'take one reference out' },
  'bad-rule': {
    means: 'a rule that cannot be read, or needs what the router lacks',
    fix: 'mend it at the character that is named',
  },
  'never-matches': {
    means: 'a rule that no client fulfils',
    fix: 'write a rule that some client fulfils',
  },
  'no-entry-point': {
    means: 'a router without any entry point that there is',
    fix: 'name one of those that there are, or add it to the static configuration',
  },
  // discovery
  'no-port': { means: 'nothing says at which port a server is', fix: 'write server.port' },
  'several-ports': {
    means: 'several ports are exposed, and the lowest is used',
    fix: 'write server.port',
  },
  'no-address': {
    means: 'a container or instance has no address that can be reached',
    fix: 'connect it to a network that Sluice is on',
  },
  'network-chosen': {
    means: 'which of several networks is used, and why',
    fix: 'write docker.network to choose another',
  },
  unpublished: {
    means:
      "an entry point whose port Sluice's own container does not publish, beside others that it does",
    fix: 'publish the port, if clients outside Docker are to reach it',
  },
  'not-running': { means: 'a container that does not run', fix: 'start it' },
  unhealthy: {
    means: 'the source says that it is not healthy, or not yet',
    fix: 'wait for its health check, or mend it',
  },
  constraint: { means: 'an expression of constraints that is wrong', fix: 'mend the expression' },
  // files
  unreadable: {
    means: 'a file or folder that cannot be read',
    fix: 'correct the path, mount it, or let the user that Sluice runs as read it',
  },
  template: {
    means: 'template syntax other than {{ env "NAME" }}',
    fix: 'write the value, or an environment variable',
  },
  // certificates
  outdated: { means: 'a certificate that is not valid now', fix: 'renew it' },
  'no-certificate': {
    means: 'a host for which there is no certificate',
    fix: 'list one under tls.certificates',
  },
  // state of the program
  'not-served': {
    means: 'needs what this version of Sluice or Node lacks',
    fix: 'leave it out, or do as the finding says',
  },
  'provider-lost': {
    means: 'a source that does not answer; what it said last is in force',
    fix: 'do as the finding says; sluice preflight tries all that it is asked',
  },
  'provider-blind': {
    means: 'a source that answers, and shows nothing at all',
    fix: 'give the token a policy that lets it read',
  },
  'identity-lost': {
    means: 'no SPIFFE or Connect identity, or one that has ended',
    fix: 'start the agent that gives it, or register this program there',
  },
  unresolved: {
    means: 'refers to a provider that has not delivered yet',
    fix: 'wait, or see why it does not',
  },
  guessed: {
    means: 'a choice, or a consequence, that its author may want to know of',
    fix: 'say what is wanted',
  },
} as const satisfies Readonly<Record<string, Known>>;

export type DiagnosticCode = keyof typeof DIAGNOSTIC_CODES;
