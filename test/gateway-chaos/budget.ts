import { until } from '../../dev/stack/until.ts';
import { chatOperation } from '../../src/domain/llm/llm.ts';
import { readCounters } from '../../src/domain/usage/counters.ts';
import { usageKeys } from '../../src/domain/usage/hold.ts';
import { worstCostNanos } from '../../src/domain/usage/usage.ts';
import { ask, costOf, questionOf } from './ask.ts';
import type { Heard } from './ask.ts';
import type { ChaosPlace, Key } from './place.ts';

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
  const heard = await allAtOnce(place, requests, (at) => ask({ url: urls[at % 2] ?? '', key, number }));
  const admitted = heard.filter(({ status }) => status === 200).length;
  const others = heard.filter(({ status }) => status !== 200 && status !== 429);
  if (others.length > 0) throw new Error(`neither answered nor refused: ${JSON.stringify(others[0])}`);

  // What is settled is free again to the last nano-dollar: so many more fit, and not one beyond.
  const left = cap - admitted * costOf(number);
  const more = Math.max(0, Math.floor((left - worst) / costOf(number)) + 1);
  let later = 0;
  for (let at = 0; at <= more; at += 1) {
    await settledFor(place, key);
    later += (await ask({ url: urls[at % 2] ?? '', key, number })).status === 200 ? 1 : 0;
  }
  const overspent = later > more || (admitted + later) * costOf(number) > cap;
  return { admitted, expected: fits, overspent, refusedFalsely: later < more } satisfies BudgetRound;
}

/** No answer comes before all are decided: one that had settled would leave room for another. */
async function allAtOnce({ upstream }: ChaosPlace, requests: number, one: (at: number) => Promise<Heard>) {
  const before = upstream.journal.length;
  const gate = Promise.withResolvers<void>();
  upstream.behaviour.hold = gate.promise;
  let refused = 0;
  const asked = Array.from({ length: requests }, async (_, at) => {
    const heard = await one(at);
    if (heard.status !== 200) refused += 1;
    return heard;
  });
  const decided = await until(() => refused + upstream.journal.length - before >= requests, {
    timeoutMs: 30_000,
    everyMs: 1,
  });
  gate.resolve();
  upstream.behaviour.hold = null;
  if (!decided) throw new Error('requests were neither refused nor passed on');
  return Promise.all(asked);
}

/** A settlement is sent with the answer: whoever asks the other process at once may come before it. */
async function settledFor({ services: { redis } }: ChaosPlace, { userId }: Key): Promise<void> {
  const none = async () => (await readCounters(redis, [usageKeys(userId).scope(userId)]))[0]?.running === 0;
  if (!(await until(none, { timeoutMs: 10_000, everyMs: 1 }))) throw new Error('a hold is left');
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
