const PAUSE_MS = 2_000;

/** How looking goes. Times as `performance.now()` has them. */
export type Sight =
  | { readonly isLost: false; readonly at: number }
  | { readonly isLost: true; readonly lastAt: number | undefined; readonly reason: string };

/** Looks every two seconds, one look at a time, and not while nobody sees the page. */
export function poll(look: () => Promise<void>, told: (sight: Sight) => void): void {
  let lastAt: number | undefined;
  let timer: number | undefined;
  let isLooking = false;
  const next = async () => {
    if (isLooking || document.hidden) return;
    isLooking = true;
    window.clearTimeout(timer);
    try {
      await look();
      lastAt = performance.now();
      told({ isLost: false, at: lastAt });
    } catch (error) {
      told({ isLost: true, lastAt, reason: String(error) });
    }
    isLooking = false;
    timer = window.setTimeout(() => void next(), PAUSE_MS);
  };
  document.addEventListener('visibilitychange', () => void next());
  void next();
}
