/** The newest version that what is used here is known to work with, and the oldest. */
const NEWEST = 51;
const OLDEST = 24;

/**
 * The version to speak with an engine: its own, or ours if that is older, but never one that it
 * refuses (D14). All versions are `1.n`.
 */
export function negotiate(engine: string, oldestAccepted: string): string {
  const own = minor(engine);
  if (own === undefined) throw new Error(`"${engine}" is no API version of an engine`);
  if (own < OLDEST) {
    throw new Error(
      `the engine speaks API 1.${own}, and at least 1.${OLDEST} is needed: update it`,
    );
  }
  return `1.${Math.max(Math.min(own, NEWEST), minor(oldestAccepted) ?? 0)}`;
}

function minor(version: string): number | undefined {
  const [, digits] = /^1\.(\d{1,4})$/.exec(version) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
