import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { AttemptTrail } from './usage-record.ts';
import { User } from './user.ts';

export const completionStatuses = ['queued', 'running', 'answered', 'failed', 'cancelled'] as const;
export type CompletionStatus = (typeof completionStatuses)[number];

/** The routes whose answers can be had durably. */
export const completionOperations = ['chat', 'messages', 'responses'] as const;
export type CompletionOperation = (typeof completionOperations)[number];

/**
 * A durable completion: what was asked and what came back. `request` and `answer` are bodies in the format of `operation`;
 * `requestHeaders` are those that an Anthropic provider is to see. The workflow carries only the id, so no prompt stands in
 * its history. `hold` is its reservation, `spent` what the answer came to: any process can settle it from here.
 */
export const Completion = defineEntity({
  name: 'Completion',
  tableName: 'completions',
  properties: {
    id: p.string().primary(),
    userId: p.manyToOne(User).mapToPk().name('user_id').index(),
    apiKeyId: p.string().nullable(),
    operation: p.enum(completionOperations).default('chat'),
    purpose: p.string().unique(),
    status: p.enum(completionStatuses).default('queued'),
    request: p.json<Record<string, unknown>>(),
    requestHeaders: p.json<Record<string, string>>().nullable(),
    answer: p.json<Record<string, unknown>>().nullable(),
    modelName: p.string().nullable(),
    hold: p.json<Record<string, unknown>>().nullable(),
    spent: p.json<Record<string, unknown>>().nullable(),
    attempts: p.json<AttemptTrail[]>(),
    errorCode: p.string().nullable(),
    errorMessage: p.text().nullable(),
    errorDetails: p.json<Record<string, unknown>>().nullable(),
    createdAt: p.datetime().onCreate(() => new Date()),
    finishedAt: p.datetime().nullable(),
  },
});
export type Completion = InferEntity<typeof Completion>;
