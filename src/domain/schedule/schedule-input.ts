import { z } from 'zod';
import { isLocalTime, isZone } from './wall-clock.ts';

/** Fields of requests about time. */
export const zoneName = z.string().max(64).refine(isZone, 'is no IANA time zone, as Europe/Berlin');

export const localTime = z.string().refine(isLocalTime, 'is no local time, as 2026-03-29T02:30');

const MOST_TIMES = 24;

const times = z
  .array(z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is no time of day, as 09:00'))
  .max(MOST_TIMES)
  .refine((list) => new Set(list).size === list.length, 'holds a time twice')
  .transform((list) => list.toSorted())
  .default([]);

export const postingSlots = z.strictObject({
  zone: zoneName,
  weekdays: z.strictObject({
    monday: times,
    tuesday: times,
    wednesday: times,
    thursday: times,
    friday: times,
    saturday: times,
    sunday: times,
  }),
});

export const rruleText = z
  .string()
  .max(500)
  .describe('RFC 5545, with COUNT or UNTIL; followed on the clocks of `zone`, at most hourly');
