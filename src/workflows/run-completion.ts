import {
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  patched,
  setCurrentDetails,
  sleep,
} from '@temporalio/workflow';
import { next, start } from '../domain/llm/chain.policy.ts';
import type { AttemptOutcome, Chain, Choice } from '../domain/llm/chain.policy.ts';
import type { RunEnd } from '../domain/llm/completion-end.ts';
import { llm, llmAttempt } from './activities.ts';
import { failureOf } from './failure-of.ts';

export type RunCompletionInput = { completionId: string };

/**
 * One durable completion: reserve, try candidates as the chain policy says, settle once, however it ended.
 * @throws ApplicationFailure `upstream_failed` when no model answered, and what a step failed with for good, as reserving
 *   does when it is refused
 */
export async function runCompletion({ completionId }: RunCompletionInput): Promise<void> {
  let end: RunEnd = { kind: 'cancelled' };
  let failure: unknown;
  let isPlanned = false;
  try {
    const plan = await llm.planCompletion.executeWithOptions({ summary: 'Finds the candidates, reserves' }, [
      { completionId },
    ]);
    isPlanned = true;
    end = await follow(plan.chain);
  } catch (error) {
    const wasCancelled = isCancellation(error);
    // Runs from before the patch settled nothing but what was cancelled while a model was asked.
    if (!(wasCancelled && isPlanned) && !patched('settle-every-end')) throw error;
    if (!wasCancelled) {
      failure = error;
      end = { kind: 'error', ...failureOf(error) };
    }
  }
  const settle = () =>
    llm.finishCompletion.executeWithOptions({ summary: `Settles: ${end.kind}` }, [{ completionId, outcome: end }]);
  await CancellationScope.nonCancellable(settle);
  setCurrentDetails(`Ended: ${end.kind}`);
  if (end.kind === 'error') throw failure;
  if (end.kind === 'cancelled') await CancellationScope.current().cancelRequested;
  if (end.kind === 'failed')
    throw ApplicationFailure.nonRetryable(`No model answered: ${end.reason}.`, 'upstream_failed');

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
