/** A check of an instance or of its node. */
export interface Check {
  readonly id: string;
  readonly status: string;
}

const MAINTENANCE = /^_(node_maintenance$|service_maintenance)/;
const WORST_FIRST = ['critical', 'warning'];

/** What an instance's checks come to (CNS-10). */
export function statusOf(checks: readonly Check[]): string {
  if (checks.some(({ id }) => MAINTENANCE.test(id))) return 'maintenance';
  const found = new Set(checks.map(({ status }) => status));
  return WORST_FIRST.find((status) => found.has(status)) ?? 'passing';
}

/** `accepted` is the option `strictChecks`. */
export function isAccepted(status: string, accepted: readonly string[]): boolean {
  const words = accepted.map((word) => word.toLowerCase());
  return words.includes('any') || words.includes(status);
}
