import { ApplicationFailure, CancellationScope, isCancellation, setCurrentDetails, sleep } from '@temporalio/workflow';
import { next, start } from '../domain/llm/chain.policy.ts';
import type { AttemptOutcome, Chain, Choice } from '../domain/llm/chain.policy.ts';
import { llm, llmAttempt } from './activities.ts';

export type RunCompletionInput = { completionId: string };

/**
 * One durable completion: reserve, try candidates as the chain policy says, settle once, also when cancelled.
 * @throws ApplicationFailure `upstream_failed` when no model answered, and what reserving was refused with
 */
export async function runCompletion({ completionId }: RunCompletionInput): Promise<void> {
  const plan = await llm.planCompletion.executeWithOptions({ summary: 'Finds the candidates, reserves' }, [
    { completionId },
  ]);
  let outcome: AttemptOutcome = { kind: 'cancelled' };
  try {
    outcome = await follow(plan.chain);
  } catch (error) {
    if (!isCancellation(error)) throw error;
  }
  const settle = () =>
    llm.finishCompletion.executeWithOptions({ summary: `Settles: ${outcome.kind}` }, [{ completionId, outcome }]);
  await CancellationScope.nonCancellable(settle);
  setCurrentDetails(`Ended: ${outcome.kind}`);
  if (outcome.kind === 'cancelled') await CancellationScope.current().cancelRequested;
  if (outcome.kind === 'failed')
    throw ApplicationFailure.nonRetryable(`No model answered: ${outcome.reason}.`, 'upstream_failed');

  async function follow(chain: Chain): Promise<AttemptOutcome> {
    for (let step = start(chain); ;) {
      if (step.do === 'stop') return step.outcome;
      if (step.do === 'wait') await sleep(step.ms);
      step = next(step.chain, await attempt(step.candidate));
    }
  }

  async function attempt(candidate: Choice): Promise<AttemptOutcome> {
    setCurrentDetails(`Asks ${candidate.modelName} at ${candidate.providerId}`);
    const summary = `Asks ${candidate.modelName}`;
    return llmAttempt.attemptCompletion.executeWithOptions({ summary }, [{ completionId, candidate }]);
  }
}
