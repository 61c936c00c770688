import { cancellationSignal } from '@temporalio/activity';
import type { Services } from '../services.ts';
import { withHeartbeat } from './heartbeat.ts';

/** The steps of a durable completion. Payloads are ids and the chain's state; prompts and answers stay in the row. */
export const llmActivities = ({ llm: { completions } }: Pick<Services, 'llm'>) => ({
  /** Finds the candidates and reserves their worst case; the same id reserves once. */
  planCompletion: ({ completionId }: CompletionRef) => completions.plan(completionId),

  /** One try of one candidate. A retry that finds the answer in the row returns it without asking again. */
  attemptCompletion: (attempt: AttemptInput) =>
    withHeartbeat(async () => {
      const signal = cancellationSignal();
      const outcome = await completions.attempt({ ...attempt, random: Math.random() }, signal);
      if (outcome.kind === 'cancelled') signal.throwIfAborted(); // a stopped worker is not a cancelled completion
      return outcome;
    }),

  /** Settles once, whatever the end was. */
  finishCompletion: (end: FinishInput) => completions.finish(end),
});

type Completions = Services['llm']['completions'];
export type CompletionRef = { completionId: string };
export type AttemptInput = Omit<Parameters<Completions['attempt']>[0], 'random'>;
export type FinishInput = Parameters<Completions['finish']>[0];
