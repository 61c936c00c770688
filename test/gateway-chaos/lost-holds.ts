import { shards } from '../../src/domain/usage/hold.ts';
import { ask } from './ask.ts';
import { audit, settled } from './books.ts';
import type { ChaosPlace } from './place.ts';

export type LostHolds = { held: number; goneAfterMs: number; drift: number };

/** Kills a process in the middle of calls; what they held is settled when its lease ends, and the books agree. */
export async function lostHolds(place: ChaosPlace): Promise<LostHolds> {
  const { apis, upstream, services } = place;
  const key = await place.newKey();
  const gate = Promise.withResolvers<void>();
  upstream.behaviour.hold = gate.promise;
  const numbers = new Set(Array.from({ length: CALLS }, (_, at) => 500_000 + upstream.journal.length + at));
  const before = upstream.journal.length;
  const asking = [...numbers].map((number) => ask({ url: apis[0].url, key, number }));
  while (upstream.journal.length < before + CALLS) await new Promise((resolve) => setTimeout(resolve, 5));
  await apis[0].kill();
  const held = await openHolds(services.redis);
  await Promise.all(asking);
  upstream.behaviour.hold = null;
  gate.resolve();
  const goneAfterMs = await settled(place);
  await apis[0].start();
  const { disagreements } = await audit(place, key, numbers);
  return { held, goneAfterMs, drift: disagreements.length };
}

const CALLS = 20;

async function openHolds(redis: ChaosPlace['services']['redis']): Promise<number> {
  const counts = await Promise.all(shards.map(({ holds }) => redis.hlen(holds)));
  return counts.reduce((sum, count) => sum + count, 0);
}
