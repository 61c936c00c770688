import type { AttemptTrail } from '../../entities/usage-record.ts';
import { costNanos } from '../usage/usage.ts';
import type { Spent, TokenUsage } from '../usage/usage.ts';
import type { Deployment } from './catalog-snapshot.ts';
import { countTextTokens } from './tokens.ts';

/** How a call went, for its usage record. */
export type CallStory = {
  attempts: AttemptTrail[];
  streamed: boolean;
  latencyMs: number;
  firstTokenMs: number | null;
  errorCode: string | null;
};

/** What an answer came to. Where the provider did not tell, what went in and was written is counted, and flagged. */
export function spentOn(deployment: Deployment, used: Used, story: CallStory): Spent {
  const usage = used.told ?? estimate(used);
  return {
    ...usage,
    ...story,
    modelName: deployment.name,
    providerId: deployment.provider.id,
    costNanos: costNanos(usage, deployment.prices),
    priceVersion: deployment.priceVersion,
    estimated: used.told === null,
    success: story.errorCode === null,
  };
}

/** What a call came to that no model answered: nothing, but it is on record. */
export function spentOnNothing(requestedModel: string, story: CallStory): Spent {
  const last = story.attempts.at(-1);
  return {
    ...story,
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    modelName: last?.model ?? requestedModel,
    providerId: last?.provider ?? '',
    costNanos: 0,
    priceVersion: 0,
    estimated: false,
    success: false,
  };
}

/** `told` by the provider, or else what is known: the counted input and the text that came. */
export type Used = { told: TokenUsage | null; inputTokens: number; written: string };

function estimate({ inputTokens, written }: Used): TokenUsage {
  return { inputTokens, outputTokens: countTextTokens(written), cacheReadTokens: 0, cacheWriteTokens: 0 };
}
