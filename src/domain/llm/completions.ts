import { Completion } from '../../entities/completion.ts';
import { AppError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';
import { newId } from '../../infra/ids.ts';
import type { Logger } from '../../infra/logger.ts';
import { holdSchema, spentSchema } from '../usage/usage.ts';
import type { Usage } from '../usage/usage.ts';
import { outcomeOf } from './attempt.ts';
import type { Attempted, Attempts } from './attempt.ts';
import { keepAlive } from './call-account.ts';
import type { Catalog } from './catalog.ts';
import { newChain } from './chain.policy.ts';
import type { AttemptOutcome, Chain, Choice } from './chain.policy.ts';
import { chatRequest } from './chat-request.ts';
import type { ChatRequest } from './chat-request.ts';
import { answer, appendAttempt, createRow, expectSpent, finished, rowOf, textIn } from './completion-rows.ts';
import { failedChain } from './failed-chain.ts';
import { writtenIn } from './openai-body.ts';
import { planCall } from './pricing.ts';
import { spentOn, spentOnNothing } from './spending.ts';
import { countRequestTokens } from './tokens.ts';

export type CompletionDependencies = {
  database: Database;
  catalog: Catalog;
  attempt: Attempts;
  usage: Usage;
  timeoutMs: number;
  now: () => Date;
  logger: Logger;
};

export type Completions = ReturnType<typeof createCompletions>;

/**
 * The domain's half of a durable completion: the workflow says when, its row remembers. A completion's id is its request
 * id, by which it is reserved and charged once. Every call may be repeated.
 */
export function createCompletions(dependencies: CompletionDependencies) {
  const { database, catalog, attempt, usage, timeoutMs, now, logger } = dependencies;
  const fork = () => database.em.fork();

  return {
    /**
     * Writes down what to ask, in the caller's transaction if there is one. The same purpose again answers the same id.
     * @throws AppError `invalid_request` when `request` is no chat completion
     */
    async create(wanted: Wanted, em: Em = fork()): Promise<string> {
      const parsed = chatRequest.safeParse(wanted.request);
      if (!parsed.success)
        throw new AppError('invalid_request', 'This is no chat completion.', { cause: parsed.error });
      const id = newId('req');
      return createRow(em, { ...wanted, id, request: parsed.data, createdAt: now() });
    },

    /**
     * Finds the candidates and reserves their worst case.
     * @throws AppError as the proxy does before its first attempt
     */
    async plan(completionId: string): Promise<{ chain: Chain; requestId: string }> {
      const em = fork();
      const row = await rowOf(em, completionId);
      const caller = await usage.caller(row.userId);
      const plan = planCall(catalog, { requestId: row.id, caller, request: requestIn(row) });
      if (!row.finishedAt && !row.hold) {
        row.hold = await usage.reserve(plan.priced);
        row.status = 'running';
        await em.flush();
      }
      return { chain: newChain(plan.route, MAX_WAIT_MS), requestId: row.id };
    },

    /** One attempt. The answer is in the row before it is reported; a repetition that finds one there asks nobody. */
    async attempt({ completionId, candidate, random }: OneAttempt, signal: AbortSignal): Promise<AttemptOutcome> {
      const row = await rowOf(fork(), completionId);
      if (row.answer) return { kind: 'answered' };
      if (row.finishedAt) return { kind: 'cancelled' };
      const hold = holdSchema.parse(row.hold);
      await usage.renew(hold);
      const stop = keepAlive({ usage, logger }, hold);
      const request = { ...requestIn(row), stream: false };
      try {
        await expectSpending(row, request, candidate);
        const attempted = await attempt({ choice: candidate, request, stream: false, timeoutMs, signal, random });
        await remember(row, request, attempted);
        return outcomeOf(attempted);
      } finally {
        stop();
      }
    },

    /** Settles once and writes down how it ended. */
    async finish({ completionId, outcome }: { completionId: string; outcome: AttemptOutcome }): Promise<void> {
      const row = await rowOf(fork(), completionId);
      if (row.finishedAt) return;
      const status = row.answer ? 'answered' : outcome.kind === 'cancelled' ? 'cancelled' : 'failed';
      const error = row.answer ? null : failedChain(outcome, row.errorMessage ?? '', row.attempts);
      const errorCode = status === 'cancelled' ? 'cancelled' : (error?.code ?? null);
      if (row.hold) {
        const latencyMs = now().getTime() - row.createdAt.getTime();
        const story = { attempts: row.attempts, streamed: false, latencyMs, firstTokenMs: null, errorCode };
        const spent = row.spent ? spentSchema.parse(row.spent) : spentOnNothing(requestIn(row).model, story);
        await usage.settle(holdSchema.parse(row.hold), row.answer ? spent : { ...spent, ...story });
      }
      await finished(fork(), { id: row.id, status, errorCode, errorMessage: error?.message ?? null, at: now() });
    },

    /** @throws AppError `upstream_failed` when it was not answered, `not_found` */
    async answerOf(completionId: string): Promise<string> {
      const row = await rowOf(fork(), completionId);
      if (!row.answer) throw new AppError('upstream_failed', row.errorMessage ?? 'It has not been answered.');
      return textIn(row.answer);
    },
  };

  /** A cancel settles before the attempt that it ends has reported: what it is charged then stands in the row first. */
  async function expectSpending(row: Completion, request: ChatRequest, { modelId }: Choice): Promise<void> {
    const deployment = catalog.deployment(modelId);
    if (!deployment) return;
    const used = { told: null, inputTokens: countRequestTokens(request), written: '' };
    const story = { attempts: row.attempts, streamed: false, latencyMs: 0, firstTokenMs: null, errorCode: 'cancelled' };
    await expectSpent(fork(), { id: row.id, spent: spentOn(deployment, used, story) });
  }

  async function remember(row: Completion, request: ChatRequest, attempted: Attempted): Promise<void> {
    const message = attempted.kind === 'failed' ? attempted.message : null;
    const attempts = await appendAttempt(fork(), { id: row.id, trail: attempted.trail, message });
    const wasSent = attempted.kind === 'cancelled' && attempted.deployment !== null;
    if (attempted.kind !== 'answered' && !wasSent) await expectSpent(fork(), { id: row.id, spent: null });
    if (attempted.kind !== 'answered') return;
    const { deployment, body, usage: told } = attempted;
    const used = { told, inputTokens: told ? 0 : countRequestTokens(request), written: told ? '' : writtenIn(body) };
    const latencyMs = now().getTime() - row.createdAt.getTime();
    const story = { attempts, streamed: false, latencyMs, firstTokenMs: null, errorCode: null };
    const spent = spentOn(deployment, used, story);
    await answer(fork(), {
      id: row.id,
      answer: { ...body, model: deployment.name },
      modelName: deployment.name,
      spent,
    });
  }
}

type Wanted = { userId: string; purpose: string; request: Record<string, unknown> };
type OneAttempt = { completionId: string; candidate: Choice; random: number };

/** Nobody waits at the other end of a connection. */
const MAX_WAIT_MS = 120_000;

const requestIn = ({ request }: Completion): ChatRequest => chatRequest.parse(request);
