/** Renames what each selector knows, one after the other: drift is to be told before the click, and never for nothing. */
import { driftPlaces } from './drift-places.ts';
import type { DriftPlace, PlatformName } from './drift-places.ts';

/** @param options.every only each so-many-th part, for a quick look; `platforms` all of them by default */
export async function drift({ every = 1, findMs = 3_000, platforms }: DriftOptions = {}): Promise<DriftSeen> {
  const told: string[] = [];
  const wrong: string[] = [];
  for (const [name, open] of Object.entries(driftPlaces)) {
    if (platforms && !platforms.some((wanted) => wanted === name)) continue;
    const place = await open(findMs);
    try {
      const seen = await driftAt(place, every);
      told.push(`${name} ${seen.found} of ${seen.parts} renamed parts, ${seen.honest} unchanged pages`);
      wrong.push(...seen.wrong.map((what) => `${name}: ${what}`));
    } finally {
      await place.close();
    }
  }
  return { seen: [...told, ...wrong].join('; '), holds: wrong.length === 0 && told.length > 0 };
}

export type DriftOptions = { every?: number; findMs?: number; platforms?: readonly PlatformName[] };
export type DriftSeen = { seen: string; holds: boolean };

async function driftAt(place: DriftPlace, every: number) {
  const wrong: string[] = [];
  const parts = place.parts.filter((_, at) => at % every === 0);
  for (const part of parts) {
    const published = await place.timesPublic();
    const end = await place.publish(part);
    const isFound = end.code === 'selector_drift' && end.clicks === 0 && (await place.timesPublic()) === published;
    if (!isFound) wrong.push(`without "${part}" it ended with ${end.code} after ${end.clicks} clicks`);
  }
  const found = parts.length - wrong.length;
  for (const form of place.forms) {
    const published = await place.timesPublic();
    const end = await place.publish(null, form);
    const isPublished = end.code === 'published' && end.clicks === 1 && (await place.timesPublic()) === published + 1;
    if (!isPublished) wrong.push(`unchanged as "${form}" it ended with ${end.code} after ${end.clicks} clicks`);
  }
  return { found, parts: parts.length, honest: place.forms.length, wrong };
}
