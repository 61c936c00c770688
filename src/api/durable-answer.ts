import { once } from '../domain/idempotency/idempotency.ts';
import type { CompletionResult, Llm, Operation } from '../domain/llm/llm.ts';
import type { Caller } from '../domain/usage/usage.ts';
import { AppError } from '../errors.ts';
import type { Config } from '../infra/config.ts';
import type { Database } from '../infra/database.ts';
import type { Answer } from './route.ts';
import type { Work } from '../work/work.ts';

export type DurableServices = {
  config: Pick<Config, 'LLM_REQUEST_TIMEOUT_MS'>;
  now: () => Date;
  database: Database;
  llm: Pick<Llm, 'completions'> & { catalog: Pick<Llm['catalog'], 'resolve'> };
  work: Pick<Work, 'completion'>;
};

export type DurableCall = {
  caller: Caller;
  name: 'chat' | 'messages' | 'responses';
  operation: () => Operation;
  body: Record<string, unknown>;
  /** What the provider is to see of the client's. */
  headers: Readonly<Record<string, string>>;
  idempotencyKey: string;
  /** Aborts when the client has gone. */
  signal: AbortSignal;
  /** How long the client will wait, in ms; null when it does not say. */
  deadlineMs: number | null;
};

/**
 * A completion that outlives this process: the same key and body are one run, one answer and one charge, whoever asks again.
 * @throws AppError `idempotency_conflict` for another body; as the catalog does; what the run ended with;
 * `upstream_timeout` when it goes on for longer than anybody waits
 */
export async function durableAnswer(services: DurableServices, call: DurableCall): Promise<Answer> {
  const { config, now, database, llm, work } = services;
  const { caller, name, operation, body, headers, idempotencyKey: key } = call;
  if (body['stream'] === true) {
    const message = 'cannot be used with stream: a stream that broke cannot be given again';
    throw new AppError('invalid_request', `idempotency-key: ${message}`, {
      details: { issues: [{ path: 'idempotency-key', message }] },
    });
  }
  const { userId, keyId: apiKeyId } = caller;
  const patience = { gone: call.signal, untilMs: now().getTime() + longestWaitMs(config, call) };
  const { resourceId } = await once(database.em.fork(), {
    userId,
    operation: `completion:${name}`,
    key,
    body,
    create: (em) => {
      const { model, needs } = operation();
      llm.catalog.resolve(model, { ...needs, caller }); // what nobody can answer is refused before anything is started
      const purpose = `idempotent:${userId}:${name}:${key}`;
      return llm.completions.create({ userId, apiKeyId, operation: name, purpose, request: body, headers }, em);
    },
  });
  const { answer, costNanos, model, attempts, priceVersion } = await outcomeOf(resourceId);
  return {
    status: 200,
    headers: {
      'x-model': encodeURI(model),
      'x-attempts': String(attempts),
      'x-cost-nanodollars': String(costNanos),
      'x-price-version': String(priceVersion),
    },
    ready: { contentType: 'application/json; charset=utf-8', body: JSON.stringify(answer) },
  };

  /** What has ended is not run again, and a run that has ended leaves what it came to in its row. */
  async function outcomeOf(completionId: string): Promise<CompletionResult> {
    const before = await llm.completions.result(completionId);
    if (before) return before;
    const failure: unknown = await work.completion({ completionId, userId, patience }).catch((error: unknown) => error);
    const after = await llm.completions.result(completionId);
    if (after) return after;
    throw failure ?? new Error('a run that has ended without its row');
  }
}

/** A chain may try several models; by default this makes the ten minutes that the official SDKs wait. */
const MOST_ANSWERS = 5;

const longestWaitMs = ({ LLM_REQUEST_TIMEOUT_MS: answerMs }: DurableServices['config'], { deadlineMs }: DurableCall) =>
  Math.min(deadlineMs ?? Infinity, MOST_ANSWERS * answerMs);
