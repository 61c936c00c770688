/** Durable completions without Temporal: what the workflow does, with its state through JSON at every step. */
import { next, start } from '../src/domain/llm/chain.policy.ts';
import type { AttemptOutcome, NextStep } from '../src/domain/llm/chain.policy.ts';
import { usageKeys } from '../src/domain/usage/hold.ts';
import { Completion } from '../src/entities/completion.ts';
import type { LlmPlace } from './llm-place.ts';

export type DurableRuns = ReturnType<typeof durableRuns>;

export function durableRuns({ llm: { completions }, ...place }: LlmPlace) {
  return {
    rowOf: (id: string) => place.database.em.fork().findOneOrFail(Completion, { id }),

    /** Of a user of its own. */
    async created(model: string): Promise<string> {
      const { userId } = await place.newCaller();
      return completions.create(asked(model, userId, model));
    },

    async run(completionId: string): Promise<AttemptOutcome> {
      const { signal } = new AbortController();
      const { chain } = await completions.plan(completionId);
      let step: NextStep = start(chain);
      while (step.do !== 'stop') {
        const one = { completionId, candidate: copy(step.candidate), random: 0 };
        step = next(copy(step.chain), copy(await completions.attempt(one, signal)));
      }
      await completions.finish({ completionId, outcome: step.outcome });
      return step.outcome;
    },

    async isHeld(userId: string, id: string): Promise<boolean> {
      return (await place.redis.hexists(usageKeys(userId).holds, id)) === 1;
    },
  };
}

export const asked = (model: string, userId: string, purpose: string) => ({
  userId,
  purpose,
  request: { model, messages: [{ role: 'user', content: 'Write it.' }], max_tokens: 100 },
});

const copy = <T>(value: T): T => structuredClone(value);
