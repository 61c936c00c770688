import { percentile } from '../percentile.ts';
import { HttpConnection } from './http-connection.ts';
import type { Answer } from './http-connection.ts';
import { requestTemplate } from './request-template.ts';
import type { Question, Target } from './request-template.ts';
import { watchTokens } from './token-watch.ts';

export type Load = { connections: number } & ({ forMs: number } | { requests: number });

export type Sample = {
  answers: number;
  /** Those that were not what they should be. */
  wrong: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** To the first token; equal to the whole where the answer does not stream. */
  firstTokenP50Ms: number;
};

/**
 * Each connection asks again as soon as it has read its answer to the end. What is finished in the first moment does not
 * count: there proxies open their own connections.
 * @throws Error at the first answer that is not a 200
 */
export async function closedLoop(target: Target, question: Question, load: Load): Promise<Sample> {
  const connections = await Promise.all(
    Array.from({ length: load.connections }, () => HttpConnection.open(target.port)),
  );
  const tally = createTally(target, question);
  const began = performance.now();
  const warmUntil = began + ('forMs' in load ? Math.min(WARM_MS, load.forMs / 4) : 0);
  const goesOn = 'forMs' in load ? timeLeft(warmUntil + load.forMs) : requestsLeft(load.requests);

  async function askOn(connection: HttpConnection): Promise<void> {
    const request = requestTemplate(target, question);
    while (goesOn()) {
      const start = performance.now();
      const watch = watchTokens();
      const answer = await connection.ask(request(), (slice) => watch.slice(slice));
      tally.add(answer, { start, firstToken: watch.firstAt(), counts: start >= warmUntil });
    }
  }

  try {
    await Promise.all(connections.map(askOn));
    return tally.sample((performance.now() - warmUntil) / 1_000);
  } finally {
    for (const connection of connections) connection.close();
  }
}

const WARM_MS = 200;

const timeLeft = (until: number) => () => performance.now() < until;

function requestsLeft(requests: number): () => boolean {
  let left = requests;
  return () => left-- > 0;
}

type Times = { start: number; firstToken: number | null; counts: boolean };

function createTally(target: Target, question: Question) {
  const latencies: number[] = [];
  const firstTokens: number[] = [];
  let wrong = 0;
  return {
    add({ status, body }: Answer, { start, firstToken, counts }: Times): void {
      const end = performance.now();
      if (status !== 200) throw new Error(`${target.name} answered ${status}: ${body.toString().slice(0, 500)}`);
      if (counts) latencies.push(end - start);
      if (counts) firstTokens.push((firstToken ?? end) - start);
      if (!question.answer.every((part) => body.includes(part))) wrong += 1;
    },
    sample: (seconds: number): Sample => ({
      answers: latencies.length,
      wrong,
      perSecond: latencies.length / seconds,
      p50Ms: percentile(latencies, 0.5),
      p99Ms: percentile(latencies, 0.99),
      firstTokenP50Ms: percentile(firstTokens, 0.5),
    }),
  };
}
