import { z } from 'zod';

/** What a call came to: everything of its usage record but who asked for what, which the hold knows. */
export type Spent = z.infer<typeof spentSchema>;

const attemptSchema = z.object({
  model: z.string(),
  provider: z.string(),
  outcome: z.string(),
  status: z.int().optional(),
  latencyMs: z.int(),
});

const always = z.object({
  modelName: z.string(),
  /** The deployment that answered; null when none did. */
  modelId: z.string().nullable(),
  providerId: z.string(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  costNanos: z.int(),
  priceVersion: z.int(),
  success: z.boolean(),
  attempts: z.array(attemptSchema),
  latencyMs: z.int(),
});

/** Zero, false or null for most calls. */
const seldom = z.object({
  cacheReadTokens: z.int(),
  cacheWrite5mTokens: z.int(),
  cacheWrite1hTokens: z.int(),
  reasoningTokens: z.int(),
  images: z.int(),
  audioMs: z.int(),
  characters: z.int(),
  estimated: z.boolean(),
  streamed: z.boolean(),
  errorCode: z.string().nullable(),
  firstTokenMs: z.int().nullable(),
});

export const spentSchema = always.extend(seldom.shape);

/** What an event leaves out where it is zero, false or null. */
export const seldomSaid = seldom.keyof().options;

/** A usage record on its way to Postgres, as it stands in the stream. */
export type UsageEvent = z.infer<typeof usageEventSchema>;

export const usageEventSchema = always.extend(seldom.partial().shape).extend({
  requestId: z.string(),
  userId: z.string(),
  keyId: z.string().nullable(),
  operation: z.string(),
  requestedModel: z.string(),
  /** The moment of the reservation, so that records and counters agree on the period. */
  createdAt: z.iso.datetime(),
});

/** The UTC month of an event as it stands in the stream; null for what is no event. */
export const monthOf = (event: string) => /"createdAt":"(\d{4}-(?:0[1-9]|1[0-2]))-/.exec(event)?.[1] ?? null;
