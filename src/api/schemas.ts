import { z } from 'zod';

/** A time in an answer: given as a Date, sent as ISO-8601 in UTC. */
export const time = z
  .date()
  .transform((at) => at.toISOString())
  .pipe(z.iso.datetime());

/** A text that a person types, on one line. */
export const shortText = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}]*$/u, 'must be one line of plain text');

/** A positive count that fits the database's integer. */
export const count = z.int().positive().max(2_147_483_647);

/** A positive count that JSON carries exactly. */
export const bigCount = z.int().positive();

/** An id of ours, or what could be one. */
export const id = z.string().regex(/^[\w-]{1,100}$/, 'is no id');

/** A whole number in a query, in digits: neither nothing, which would be 0, nor `0x10`. */
export const digits = z
  .string()
  .regex(/^-?\d{1,15}$/, 'must be a whole number')
  .transform(Number);

export const limit = digits.pipe(z.int().min(1).max(100)).default(20);

/** Of a list without filters: one that is asked for is refused, for the answer would be taken for a filtered one. */
export const noFilter = z.strictObject({});

/** The `next_cursor` of the page before. */
export const cursor = id.nullable().default(null);

/** A page of a list; without `next_cursor` it is the last one. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), next_cursor: z.string().nullable() });

/** When something is to be published. */
export const wantedTime = z
  .union([z.iso.datetime({ offset: true }), z.literal('next_free_slot')])
  .describe('a time, or `next_free_slot`: the first posting slot of the account that nothing is scheduled in');

export const timeWanted = (text: z.output<typeof wantedTime>): Date | 'next_free_slot' =>
  text === 'next_free_slot' ? text : new Date(text);

/** Work that was started: ask `Location` for its state. */
export const started = z.object({ task_id: z.string(), status: z.string() });
