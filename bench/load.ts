import { Agent, request } from 'undici';

export type Target = { name: string; url: string; headers: Record<string, string> };

export type Load = { body: object; connections: number; requests: number };

export type Sample = { requestsPerSecond: number; latenciesMs: number[] };

/** A closed loop: each connection asks again as soon as it has read its answer to the end. */
export async function load(target: Target, { body, connections, requests }: Load): Promise<Sample> {
  const dispatcher = new Agent({ connections, pipelining: 1 });
  const latenciesMs: number[] = [];
  const payload = JSON.stringify(body);
  let left = requests;

  const began = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (left-- > 0) {
        const start = performance.now();
        const answer = await request(target.url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...target.headers },
          body: payload,
          dispatcher,
        });
        const text = await answer.body.text();
        if (answer.statusCode !== 200) throw new Error(`${target.name} answered ${answer.statusCode}: ${text}`);
        latenciesMs.push(performance.now() - start);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1_000;
  await dispatcher.close();
  return { requestsPerSecond: latenciesMs.length / seconds, latenciesMs };
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
