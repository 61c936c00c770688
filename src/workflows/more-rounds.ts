/** How often a publication is begun anew after a round in which nothing was published, and after which pause. */
export function moreRounds() {
  let failed = 0;
  let lost = 0;
  let drifts = 0;
  return {
    /** The round that runs now, from 1. */
    round: () => failed + lost + 1,

    /** @returns the pause before the next round, ms; null when there is to be none */
    pauseAfter(code: string): number | null {
      if (code === 'browser_busy') return PAUSE_MS; // a rush must not fail who comes last
      drifts = code === 'selector_drift' ? drifts + 1 : 0;
      const isOurs = ours.has(code);
      if (isOurs) lost += 1;
      else failed += 1;
      if (drifts === DRIFTS_BELIEVED || failed === MOST_FAILED || lost === MOST_LOST) return null;
      if (drifts > 0) return DRIFT_PAUSE_MS * drifts;
      return PAUSE_MS * (isOurs ? Math.max(1, lost - LOST_AT_ONCE) : failed);
    },
  };
}

/** What ended was a process of ours, which is there again or replaced: nobody is spared by waiting, unless it goes on so. */
const ours: ReadonlySet<string> = new Set(['worker_lost', 'browser_lost']);

const PAUSE_MS = 2_000;

/** With growing pauses between them a quarter of an hour and more: a site's bad moment costs nobody a post. */
const MOST_FAILED = 30;

/** As long a time: a page that ends whatever opens it is given up, and leaves its neighbours in peace before. */
const MOST_LOST = 40;
const LOST_AT_ONCE = 10;

/** A page that comes too slowly looks like one that has changed, but not three times within a minute. */
const DRIFTS_BELIEVED = 3;
const DRIFT_PAUSE_MS = 10_000;
