import { AppError } from '../../errors.ts';
import { worstCostNanos } from '../usage/usage.ts';
import type { Caller, PricedCall } from '../usage/usage.ts';
import type { Catalog, Route } from './catalog.ts';
import { needsOf, outputLimitOf } from './chat-request.ts';
import type { ChatRequest } from './chat-request.ts';
import { countRequestTokens } from './tokens.ts';

/** Where a request may go, and the most it can use on the dearest of these ways. */
export type PlannedCall = { route: Route; inputTokens: number; priced: PricedCall };

/** Finds the candidates and their worst case. @throws AppError as `Catalog.resolve` */
export function planCall(catalog: Catalog, { requestId, caller, request }: Planned): PlannedCall {
  const inputTokens = countRequestTokens(request);
  const asked = outputLimitOf(request);
  const needs = { ...needsOf(request), inputTokens, outputTokens: asked, allowedModels: caller.allowedModels };
  const route = catalog.resolve(request.model, needs);
  const worst = route.candidates.map(({ modelId }) => {
    const deployment = catalog.deployment(modelId);
    if (!deployment) throw new AppError('unavailable', 'The catalog is changing; try again.');
    const outputTokens = asked ?? deployment.maxOutputTokens;
    return {
      tokens: inputTokens + outputTokens,
      costNanos: worstCostNanos({ inputTokens, outputTokens }, deployment.prices),
    };
  });
  const tokens = Math.max(...worst.map((way) => way.tokens));
  const costNanos = Math.max(...worst.map((way) => way.costNanos));
  return { route, inputTokens, priced: { requestId, caller, tokens, costNanos } };
}

type Planned = { requestId: string; caller: Caller; request: ChatRequest };
