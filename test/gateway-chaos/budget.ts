import { chatOperation } from '../../src/domain/llm/llm.ts';
import { worstCostNanos } from '../../src/domain/usage/usage.ts';
import { ask, costOf, questionOf } from './ask.ts';
import type { ChaosPlace } from './place.ts';

export type BudgetRound = { admitted: number; expected: number; overspent: boolean; refusedFalsely: boolean };

/**
 * Many requests of one known cost at once, through both processes, against one cap.
 * The worst case that is reserved is dearer than the cost by what the counted prompt differs; so the cap is a multiple of it.
 */
export async function budgetRound(place: ChaosPlace, { requests, fits }: { requests: number; fits: number }) {
  const number = 100;
  const worst = worstOf(place, number);
  const cap = worst * fits + Math.floor(worst / 2);
  const key = await place.newKey({ cost_nanos_per_day: cap });
  const urls = place.apis.map(({ url }) => url);
  const heard = await Promise.all(
    Array.from({ length: requests }, (_, at) => ask({ url: urls[at % 2] ?? '', key, number })),
  );
  const admitted = heard.filter(({ status }) => status === 200).length;
  const others = heard.filter(({ status }) => status !== 200 && status !== 429);
  if (others.length > 0) throw new Error(`neither answered nor refused: ${JSON.stringify(others[0])}`);

  // Everything is settled now, so what is left must be there to the last nano-dollar.
  const left = cap - admitted * costOf(number);
  const more = Math.floor((left - worst) / costOf(number)) + 1;
  let refusedFalsely = false;
  for (let at = 0; at < more; at += 1) {
    refusedFalsely ||= (await ask({ url: urls[at % 2] ?? '', key, number })).status !== 200;
  }
  const next = await ask({ url: urls[0] ?? '', key, number });
  const spent = (admitted + Math.max(0, more)) * costOf(number);
  return { admitted, expected: fits, overspent: spent > cap || next.status === 200, refusedFalsely };
}

/** What the gateway reserves for it, by its own reckoning. */
function worstOf({ services: { llm } }: ChaosPlace, number: number): number {
  const [candidate] = llm.catalog.resolve('steady', { ...anything, caller: everything }).candidates;
  const deployment = candidate && llm.catalog.deployment(candidate.modelId);
  if (!deployment) throw new Error('the model is not in the catalog');
  const { worst } = chatOperation(questionOf({ model: 'steady', number }), () => new Date()).prepare(deployment);
  return worstCostNanos(worst, deployment.prices);
}

const anything = { types: ['text'], abilities: {}, inputTokens: 1, outputTokens: 1 } as const;
const everything = { allowedModels: null, allowedModelTypes: null, blockedModels: null };
