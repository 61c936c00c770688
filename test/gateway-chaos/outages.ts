import { ask } from './ask.ts';
import { audit } from './books.ts';
import type { Books } from './books.ts';
import type { ChaosPlace } from './place.ts';

export type OutageResult = Books & { statuses: Record<string, number> };

/**
 * Requests go on while a store is killed and started again. Without Redis no call is free: 503 with `retry-after`.
 * Without Postgres the proxy goes on as if nothing were.
 */
export async function outage(place: ChaosPlace, part: 'redis' | 'postgres'): Promise<OutageResult> {
  const key = await place.newKey();
  const numbers = new Set<number>();
  const statuses: Record<string, number> = {};
  const over = new AbortController();
  let number = 100_000 + place.upstream.journal.length;

  /** By process: one may be quicker than the other to find its store again. */
  const answers = new Map(place.apis.map(({ url }) => [url, 0]));
  const more = (count: number) => {
    const least = new Map([...answers].map(([url, so]) => [url, so + count]));
    return reached(() => [...least].every(([url, wanted]) => (answers.get(url) ?? 0) >= wanted));
  };

  const client = async (url: string) => {
    while (!over.signal.aborted) {
      number += 1;
      numbers.add(number);
      const { status } = await ask({ url, key, number });
      statuses[String(status)] = (statuses[String(status)] ?? 0) + 1;
      if (status === 200) answers.set(url, (answers.get(url) ?? 0) + 1);
      if (status !== 200) await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const clients = place.apis.map(({ url }) => client(url));
  const server = place.server(part);
  await more(10);
  await server.kill();
  await (part === 'postgres' ? more(25) : refused(statuses, 20));
  await server.restart();
  await more(25);
  over.abort();
  await Promise.all(clients);
  await reached(() => place.services.redis.status === 'ready'); // the books are read by a connection of their own
  return { ...(await audit(place, key, numbers)), statuses };
}

const refused = (statuses: Record<string, number>, count: number) => reached(() => (statuses['503'] ?? 0) >= count);

async function reached(met: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!met()) {
    if (performance.now() > deadline) throw new Error('it did not come to pass within a minute');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
