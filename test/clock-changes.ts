/** Every change of clocks in every zone, found by looking at what `Intl` shows: nothing of the code under test is used. */
export type ClockChange = { zone: string; /** ms */ at: number; offsetBeforeMs: number; offsetAfterMs: number };

const MINUTE_MS = 60_000;
const STEP_MS = 5 * 86_400_000;

export function clockChanges(fromYear: number, toYear: number): ClockChange[] {
  const [from, to] = [Date.UTC(fromYear, 0, 1), Date.UTC(toYear + 1, 0, 1)];
  return Intl.supportedValuesOf('timeZone').flatMap((zone) => {
    const offsetAt = offsetsOf(zone);
    const changes: ClockChange[] = [];
    for (let before = from; before < to; before += STEP_MS) {
      const [offsetBeforeMs, offsetAfterMs] = [offsetAt(before), offsetAt(before + STEP_MS)];
      if (offsetBeforeMs === offsetAfterMs) continue;
      const at = firstWith(offsetAt, [before, before + STEP_MS]);
      changes.push({ zone, at, offsetBeforeMs, offsetAfterMs });
    }
    return changes;
  });
}

/** What clocks show around one change, and at no other: `2026-03-29T02:30`. */
export const shownAt = ({ at, offsetBeforeMs, offsetAfterMs }: ClockChange, ms: number) =>
  wallText(ms + (ms < at ? offsetBeforeMs : offsetAfterMs));

export const wallText = (wallMs: number) => new Date(wallMs).toISOString().slice(0, 'yyyy-mm-ddThh:mm'.length);

/**
 * The instant of a local time by the words of RFC 5545, section 3.3.5: "if the local time described does not occur, the
 * value is interpreted using the UTC offset before the gap"; if it occurs twice, it is the first.
 */
export function instantByRfc({ at, offsetBeforeMs, offsetAfterMs }: ClockChange, wallMs: number): number {
  const byBefore = wallMs - offsetBeforeMs;
  if (byBefore < at) return byBefore;
  const byAfter = wallMs - offsetAfterMs;
  return byAfter >= at ? byAfter : byBefore;
}

function offsetsOf(zone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  return (ms) => {
    const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(format.format(ms)) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * MINUTE_MS;
  };
}

/** The first minute with the later offset. */
function firstWith(offsetAt: (ms: number) => number, [before, after]: [number, number]): number {
  const wanted = offsetAt(after);
  let [early, late] = [before, after];
  while (late - early > MINUTE_MS) {
    const middle = early + Math.floor((late - early) / 2 / MINUTE_MS) * MINUTE_MS;
    if (offsetAt(middle) === wanted) late = middle;
    else early = middle;
  }
  return late;
}
