import { Completion } from '../../entities/completion.ts';
import type { CompletionOperation } from '../../entities/completion.ts';
import { AppError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';
import { newId } from '../../infra/ids.ts';
import { holdSchema, spentSchema } from '../usage/usage.ts';
import type { Usage } from '../usage/usage.ts';
import { outcomeOf } from './attempt.ts';
import type { Attempted, Attempts } from './attempt.ts';
import type { Catalog } from './catalog.ts';
import type { Deployment } from './catalog-snapshot.ts';
import { newChain } from './chain.policy.ts';
import type { AttemptOutcome, Chain, Choice } from './chain.policy.ts';
import { endOf, errorOf } from './completion-end.ts';
import type { RunEnd } from './completion-end.ts';
import { answer, appendAttempt, begun, createRow, expectSpent, finished, rowOf, textIn } from './completion-rows.ts';
import { parseObject } from './formats/json.ts';
import type { AnthropicHeaders } from './operations/messages.ts';
import { requestedOperation } from './operations/requested.ts';
import type { Operation, Prepared } from './operations/operation.ts';
import { planCall } from './plan.ts';
import { spentOn, spentOnNothing } from './spending.ts';
import type { CallStory } from './spending.ts';

export type CompletionDependencies = {
  database: Database;
  catalog: Catalog;
  attempt: Attempts;
  usage: Usage;
  timeoutMs: number;
  now: () => Date;
};

export type Completions = ReturnType<typeof createCompletions>;

/**
 * The domain's half of a durable completion: the workflow says when, its row remembers. A completion's id is its request
 * id, by which it is reserved and charged once. Every call may be repeated.
 */
export function createCompletions(dependencies: CompletionDependencies) {
  const { database, catalog, attempt, usage, timeoutMs, now } = dependencies;
  const fork = () => database.em.fork();

  return {
    /**
     * Writes down what to ask, in the caller's transaction if there is one. The same purpose again answers the same id.
     * @throws AppError `invalid_request` when `request` is none of its operation
     */
    async create({ operation = 'chat', apiKeyId = null, headers = {}, ...wanted }: Wanted, em: Em = fork()) {
      const asked = { operation, request: wanted.request, requestHeaders: headers };
      operationIn(asked);
      return createRow(em, { ...wanted, ...asked, apiKeyId, id: newId('req'), createdAt: now() });
    },

    /**
     * Finds the candidates and reserves their worst case.
     * @throws AppError as the proxy does before its first attempt; `conflict` when it has ended without an answer or was
     *   charged as lost
     */
    async plan(completionId: string): Promise<{ chain: Chain; requestId: string }> {
      const row = await rowOf(fork(), completionId);
      if (row.finishedAt && !row.answer) throw hasEnded();
      const caller = await usage.caller(row.userId, row.apiKeyId ?? null);
      const plan = planCall(catalog, { requestId: row.id, caller, operation: operationIn(row), durable: true });
      if (!row.finishedAt) {
        const { hold } = await usage.reserve(plan.priced); // again the same one, unless it was settled meanwhile
        if (!(await begun(fork(), { id: row.id, hold }))) {
          await usage.settle(hold, spentOnNothing(plan.priced.model, storyOf({ hold }, cancelled)));
          throw hasEnded();
        }
      }
      return { chain: newChain(plan.route, MAX_WAIT_MS), requestId: row.id };
    },

    /** One attempt. The answer is in the row before it is reported; a repetition that finds one there asks nobody. */
    async attempt({ completionId, candidate, random }: OneAttempt, signal: AbortSignal): Promise<AttemptOutcome> {
      const row = await rowOf(fork(), completionId);
      if (row.answer) return { kind: 'answered' };
      if (row.finishedAt) return { kind: 'cancelled' };
      const hold = holdSchema.parse(row.hold);
      const deployment = catalog.deployment(candidate.modelId);
      if (!deployment) return { kind: 'failed', reason: 'gone', status: null, retryAfterMs: null, random };
      const prepared = operationIn(row).prepare(deployment); // may throw, and nothing would let go of the hold then
      await usage.renew(hold);
      const stop = usage.keep(hold);
      try {
        await expectSpending(row, { deployment, prepared });
        const attempted = await attempt({ choice: candidate, prepared, timeoutMs, signal, random });
        await remember(row, prepared, attempted);
        return outcomeOf(attempted);
      } finally {
        stop();
      }
    },

    /** Settles once and writes down how it ended. What was refused before it had a hold has not ended. */
    finish,

    /** What came of it, and what it cost; null while it has not ended. @throws AppError what it failed with, `not_found` */
    async result(completionId: string): Promise<CompletionResult | null> {
      const row = await rowOf(fork(), completionId);
      if (!row.finishedAt) return null;
      if (!row.answer) throw errorOf(row);
      const { costNanos, priceVersion, attempts } = spentSchema.parse(row.spent);
      return { answer: row.answer, model: row.modelName ?? '', costNanos, priceVersion, attempts: attempts.length };
    },

    /** @throws AppError `upstream_failed` when it was not answered, `not_found` */
    async answerOf(completionId: string): Promise<string> {
      const row = await rowOf(fork(), completionId);
      if (!row.answer) throw new AppError('upstream_failed', row.errorMessage ?? 'It has not been answered.');
      return textIn(row.answer);
    },
  };

  async function finish({ completionId, outcome }: Finish): Promise<void> {
    const row = await rowOf(fork(), completionId);
    if (row.finishedAt) return;
    const hold = row.hold ? holdSchema.parse(row.hold) : await usage.holdOf(row.userId, row.id);
    if (!hold && outcome.kind === 'error') return;
    const end = endOf(row, outcome);
    if (hold) {
      const story = storyOf(row, { attempts: row.attempts, errorCode: end.errorCode });
      const spent = row.spent ? spentSchema.parse(row.spent) : spentOnNothing(operationIn(row).model, story);
      await usage.settle(hold, row.answer ? spent : { ...spent, ...story });
    }
    const isWritten = await finished(fork(), { id: row.id, ...end, wasHeld: Boolean(row.hold), at: now() });
    if (!isWritten) await finish({ completionId, outcome }); // its plan has just been written down: that hold ends too
  }

  /** Its time begins with its hold: it may have been refused before. */
  function storyOf({ hold }: Pick<Completion, 'hold'>, { attempts, errorCode }: Told): CallStory {
    const sinceMs = hold ? holdSchema.parse(hold).reservedAtMs : now().getTime();
    const latencyMs = Math.max(0, now().getTime() - sinceMs);
    return { attempts, streamed: false, latencyMs, firstTokenMs: null, errorCode };
  }

  /** A cancel settles before the attempt that it ends has reported: what it is charged then stands in the row first. */
  async function expectSpending(row: Completion, { deployment, prepared }: Asked): Promise<void> {
    const story = storyOf(row, { attempts: row.attempts, errorCode: 'cancelled' });
    const used = prepared.estimate('');
    await expectSpent(fork(), { id: row.id, spent: spentOn({ deployment, used, estimated: true }, story) });
  }

  async function remember(row: Completion, prepared: Prepared, attempted: Attempted): Promise<void> {
    const message = attempted.kind === 'failed' ? attempted.message : null;
    const attempts = await appendAttempt(fork(), { id: row.id, trail: attempted.trail, message });
    // What an earlier attempt may have cost stays: nobody knows it, and nobody is let off it.
    const before = row.spent ? spentSchema.parse(row.spent) : null;
    if (attempted.kind !== 'answered' && !mayHaveCost(attempted))
      await expectSpent(fork(), { id: row.id, spent: before });
    if (attempted.kind !== 'answered') return;
    const { deployment, answer: ready } = attempted;
    const { told, written } = attempted.used;
    const story = storyOf(row, { attempts, errorCode: null });
    const used = told ?? prepared.estimate(written);
    await answer(fork(), {
      id: row.id,
      answer: parseObject(String(ready.body)),
      modelName: deployment.name,
      spent: spentOn({ deployment, used, estimated: told === null }, story),
    });
  }

  function operationIn({ operation, request, requestHeaders }: WhatToAsk): Operation {
    const body = { ...request, stream: false };
    return requestedOperation({ operation, body, headers: requestHeaders ?? {}, now });
  }
}

export type CompletionResult = {
  answer: Record<string, unknown>;
  model: string;
  costNanos: number;
  priceVersion: number;
  attempts: number;
};

/** Whether the request may have reached the provider, which then bills it. */
function mayHaveCost(attempted: Attempted): boolean {
  if (attempted.kind === 'cancelled') return attempted.deployment !== null;
  return attempted.kind === 'failed' && attempted.wasSent !== null;
}

type WhatToAsk = Pick<Completion, 'operation' | 'request' | 'requestHeaders'>;
type Asked = { deployment: Deployment; prepared: Prepared };
type Wanted = {
  userId: string;
  purpose: string;
  request: Record<string, unknown>;
  /** For a provider of Anthropic's format, from a client of it. */
  headers?: AnthropicHeaders;
  /** Without it, a chat. */
  operation?: CompletionOperation;
  /** The key that pays beside its user. */
  apiKeyId?: string | null;
};
type Finish = { completionId: string; outcome: RunEnd };
type Told = Pick<CallStory, 'attempts' | 'errorCode'>;
type OneAttempt = { completionId: string; candidate: Choice; random: number };

const hasEnded = () => new AppError('conflict', 'This completion has ended already.');
const cancelled: Told = { attempts: [], errorCode: 'cancelled' };

/** Nobody waits at the other end of a connection. */
const MAX_WAIT_MS = 120_000;
