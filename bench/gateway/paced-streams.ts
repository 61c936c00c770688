import { setTimeout as sleep } from 'node:timers/promises';
import { HttpConnection } from '../load/http-connection.ts';
import { requestTemplate } from '../load/request-template.ts';
import type { Target } from '../load/request-template.ts';
import { watchTokens } from '../load/token-watch.ts';
import { median, percentile } from '../percentile.ts';
import { chatStream } from './questions.ts';

export type PacedStreams = { lost: number; gapP50Ms: number; gapP99Ms: number };

const STREAMS = 256;
const TOKENS = 64;
const EVERY_MS = 20;
/** One after the other on each connection. */
const STREAMS_EACH = 3;

/**
 * Many slow streams at once, taking turns like everything: what matters is that none loses a token, or its rhythm. They do
 * not all begin in the same moment, as they never do: gaps are those of a gateway that carries so many all the time.
 */
export async function pacedStreams({ direct, gateway }: Both<Target>, rounds: number): Promise<Both<PacedStreams>> {
  const turns: Both<PacedStreams[]> = { direct: [], gateway: [] };
  for (let round = 0; round < rounds; round += 1) {
    turns.direct.push(await allStreams(direct));
    turns.gateway.push(await allStreams(gateway));
  }
  return { direct: middle(turns.direct), gateway: middle(turns.gateway) };
}

type Both<T> = { direct: T; gateway: T };

async function allStreams(target: Target): Promise<PacedStreams> {
  const connections = await Promise.all(Array.from({ length: STREAMS }, () => HttpConnection.open(target.port)));
  const gaps: number[] = [];
  const counts = (
    await Promise.all(connections.map((connection, at) => inTurn(connection, target, { gaps, at })))
  ).flat();
  for (const connection of connections) connection.close();
  const lost = counts.reduce((all, count) => all + Math.abs(TOKENS - count), 0);
  return { lost, gapP50Ms: percentile(gaps, 0.5), gapP99Ms: percentile(gaps, 0.99) };
}

/** @returns how many tokens came of each stream of one connection, whose first one begins at its share of a stream's time */
async function inTurn(connection: HttpConnection, target: Target, { gaps, at }: { gaps: number[]; at: number }) {
  await sleep((at / STREAMS) * TOKENS * EVERY_MS);
  const counts: number[] = [];
  while (counts.length < STREAMS_EACH) counts.push(await oneStream(connection, target, gaps));
  return counts;
}

/** @returns how many tokens came; a stream that breaks has lost the rest */
async function oneStream(connection: HttpConnection, target: Target, gaps: number[]): Promise<number> {
  let last: number | undefined;
  const watch = watchTokens((at) => {
    if (last !== undefined) gaps.push(at - last);
    last = at;
  });
  const request = requestTemplate(target, chatStream(`paced-${TOKENS}x${EVERY_MS}`));
  const whole = await connection
    .ask(request(), (slice) => watch.slice(slice))
    .then(
      ({ body }) => body.includes('data: [DONE]'),
      () => false,
    );
  return whole ? watch.count() : 0;
}

function middle(samples: readonly PacedStreams[]): PacedStreams {
  return {
    lost: samples.reduce((all, { lost }) => all + lost, 0),
    gapP50Ms: median(samples.map(({ gapP50Ms }) => gapP50Ms)),
    gapP99Ms: median(samples.map(({ gapP99Ms }) => gapP99Ms)),
  };
}
