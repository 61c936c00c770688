import { AppError } from '../../errors.ts';
import { worstCostNanos } from '../usage/usage.ts';
import type { Caller, Consumption, PricedCall } from '../usage/usage.ts';
import type { Catalog, Route } from './catalog.ts';
import type { Operation, Prepared } from './operations/operation.ts';

/** Where an operation may go, ready to be asked there, and the most it can use on the dearest of these ways. */
export type Plan = { route: Route; prepared: ReadonlyMap<string, Prepared>; priced: PricedCall };

/**
 * Finds the candidates that can be asked, and their worst case.
 * @throws AppError as `Catalog.resolve`; `invalid_request` when no candidate's format can say what is asked
 */
export function planCall(catalog: Catalog, { requestId, caller, operation, durable = false }: Planned): Plan {
  const route = catalog.resolve(operation.model, { ...operation.needs, caller });
  const prepared = new Map<string, Prepared>();
  let most = { inputTokens: 0, tokens: 0, costNanos: 0 };
  let refusal: unknown;
  for (const { modelId } of route.candidates) {
    const deployment = catalog.deployment(modelId);
    if (!deployment) throw new AppError('unavailable', 'The catalog is changing; try again.');
    try {
      const ready = operation.prepare(deployment);
      prepared.set(modelId, ready);
      most = larger(most, ready.worst, worstCostNanos(ready.worst, deployment.prices));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refusal ??= error;
    }
  }
  if (prepared.size === 0) throw refusal;
  const candidates = route.candidates.filter(({ modelId }) => prepared.has(modelId));
  const { name, model } = operation;
  const priced = { requestId, caller, operation: name, model, ...most, durable };
  return { route: { ...route, candidates }, prepared, priced };
}

type Planned = { requestId: string; caller: Caller; operation: Operation; durable?: boolean };
type Most = { inputTokens: number; tokens: number; costNanos: number };

function larger(most: Most, { inputTokens, outputTokens }: Consumption, costNanos: number): Most {
  return {
    inputTokens: Math.max(most.inputTokens, inputTokens),
    tokens: Math.max(most.tokens, inputTokens + outputTokens),
    costNanos: Math.max(most.costNanos, costNanos),
  };
}
