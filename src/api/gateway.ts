import { z } from 'zod';
import type { Caller } from '../domain/usage/usage.ts';

/** Stand-in until domain/llm lands. */
export const chatRequest = z.looseObject({
  model: z.string().min(1).max(200),
  messages: z.array(z.looseObject({ role: z.string() })).min(1),
  stream: z.boolean().nullish(),
});
export type ChatRequest = z.infer<typeof chatRequest>;

export type Receipt = { model: string; attempts: number; costNanos: number | null; priceVersion: number };

export type Gateway = {
  chat(
    caller: Caller,
    request: ChatRequest,
    call: { requestId: string; signal: AbortSignal },
  ): Promise<
    | { kind: 'answer'; body: Record<string, unknown>; receipt: Receipt }
    | { kind: 'stream'; events: AsyncIterable<string>; receipt: Receipt }
  >;
  catalog: { list(): { id: string; createdAt: Date; ownedBy: string }[] };
};
