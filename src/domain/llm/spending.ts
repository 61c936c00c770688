import type { AttemptTrail } from '../../entities/usage-record.ts';
import { costNanos, nothing } from '../usage/usage.ts';
import type { Consumption, Spent } from '../usage/usage.ts';
import type { Deployment } from './catalog-snapshot.ts';

/** How a call went, for its usage record. */
export type CallStory = {
  attempts: AttemptTrail[];
  streamed: boolean;
  latencyMs: number;
  firstTokenMs: number | null;
  errorCode: string | null;
};

/** What an answer came to, as the provider told, or as it was estimated because the provider did not. */
export function spentOn({ deployment, used, estimated }: Billed, story: CallStory): Spent {
  return {
    ...used,
    ...story,
    modelName: deployment.name,
    modelId: deployment.id,
    providerId: deployment.provider.id,
    costNanos: costNanos(used, deployment.prices),
    priceVersion: deployment.priceVersion,
    estimated,
    success: story.errorCode === null,
  };
}

export type Billed = { deployment: Deployment; used: Consumption; estimated: boolean };

/** What a call came to that no model answered: nothing, but it is on record. */
export function spentOnNothing(requestedModel: string, story: CallStory): Spent {
  const last = story.attempts.at(-1);
  return {
    ...nothing,
    ...story,
    modelName: last?.model ?? requestedModel,
    modelId: null,
    providerId: last?.provider ?? '',
    costNanos: 0,
    priceVersion: 0,
    estimated: false,
    success: false,
  };
}
