import { ask } from './ask.ts';
import type { ChaosPlace } from './place.ts';

export type FlappingResult = {
  opened: number;
  probed: number;
  closed: number;
  coolDowns: number;
  pickyIsClosed: boolean;
};

/** A provider is down, then up again, while both processes go on asking; and another one refuses every request by 400. */
export async function flapping(
  place: ChaosPlace,
  { coolDownMs, coolDowns }: { coolDownMs: number; coolDowns: number },
) {
  const key = await place.newKey();
  let isDown = true;
  const over = new AbortController();
  place.upstream.behaviour.status = (model) => {
    if (model === 'picky') return 400;
    return model === 'flapping' && isDown ? 503 : 200;
  };
  const client = async (url: string, model: string) => {
    for (let number = 1; !over.signal.aborted; number += 1) {
      await ask({ url, key, model, number });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const clients = place.apis.flatMap(({ url }) => [
    client(url, 'flapping'),
    client(url, 'flapping'),
    client(url, 'picky'),
  ]);
  await new Promise((resolve) => setTimeout(resolve, coolDownMs * (coolDowns + 0.5)));
  isDown = false;
  await new Promise((resolve) => setTimeout(resolve, coolDownMs * 2));
  over.abort();
  await Promise.all(clients);
  place.upstream.behaviour.status = () => 200;

  const { breaker } = place.services.llm;
  const moves = (await breaker.transitions(idOf(place, 'flapping'))).map(({ from, to }) => `${from} > ${to}`);
  const count = (move: string) => moves.filter((one) => one === move).length;
  return {
    opened: count('closed > open'),
    probed: count('open > half-open'),
    closed: count('half-open > closed'),
    coolDowns,
    pickyIsClosed: (await breaker.transitions(idOf(place, 'picky'))).length === 0,
  } satisfies FlappingResult;
}

function idOf({ services: { llm } }: ChaosPlace, name: string): string {
  const caller = { allowedModels: null, allowedModelTypes: null, blockedModels: null };
  const needs = { types: ['text'], abilities: {}, inputTokens: 1, outputTokens: 1, caller } as const;
  return llm.catalog.resolve(name, needs).candidates[0]?.modelId ?? '';
}
