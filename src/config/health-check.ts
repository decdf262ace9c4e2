/** Of a check that does not say it, or says nothing sensible (data-plane facts 4.4). Milliseconds. */
export const DEFAULT_INTERVAL = 30_000;
export const DEFAULT_TIMEOUT = 5_000;

/** Labels say how often: no server is checked more often, however short the interval. */
export const SHORTEST_INTERVAL = 100;

/** Bytes of `send` and `expect`. */
export const LONGEST_TEXT = 65_535;
