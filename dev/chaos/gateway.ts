// npm run chaos -- gateway [--quick --seed N]: breaks the gateway in every way that issue and design name, and prints a line
// for each guarantee; ends with 1 when one of them does not hold.
import { parseArgs } from 'node:util';
import { budgetRound } from '../../test/gateway-chaos/budget.ts';
import { flapping } from '../../test/gateway-chaos/flapping.ts';
import { lostHolds } from '../../test/gateway-chaos/lost-holds.ts';
import { outage } from '../../test/gateway-chaos/outages.ts';
import { chaosPlace } from '../../test/gateway-chaos/place.ts';
import type { ChaosPlace } from '../../test/gateway-chaos/place.ts';
import { storm } from '../../test/gateway-chaos/storm.ts';
import { chatToMessagesProperty } from '../../test/stream-properties/chat-to-messages.ts';
import { chatToResponsesProperty } from '../../test/stream-properties/chat-to-responses.ts';
import { messagesToChatProperty } from '../../test/stream-properties/messages-to-chat.ts';
import { openRun, StackError, startStack, stopOnSignals } from '../stack/index.ts';
import { seeded } from './seeded.ts';

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    /** Only the lines whose name holds this. */
    only: { type: 'string', default: '' },
    quick: { type: 'boolean', default: false },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
  },
});
const size = values.quick
  ? { rounds: 5, requests: 1_000, ends: 4, streams: 1_000, coolDowns: 3 }
  : { rounds: 50, requests: 10_000, ends: 16, streams: 10_000, coolDowns: 5 };
const COOL_DOWN_MS = 1_000;

/** Answers what was seen, and whether it may be so. */
type Line = { name: string; run(place: ChaosPlace): Promise<{ seen: string; holds: boolean }> };

const lines: Line[] = [
  {
    name: `${size.rounds} rounds of 200 concurrent requests against one cap, 2 processes`,
    async run(place) {
      const rounds = [];
      for (let round = 0; round < size.rounds; round += 1) {
        rounds.push(await budgetRound(place, { requests: 200, fits: 20 + (round % 50) }));
      }
      const over = rounds.filter(({ overspent }) => overspent).length;
      const wrong = rounds.filter(({ admitted, expected }) => admitted !== expected).length;
      const falsely = rounds.filter(({ refusedFalsely }) => refusedFalsely).length;
      const seen = `${over} overspent, ${wrong} with another number admitted, ${falsely} refused falsely after settling`;
      return { seen, holds: over + wrong + falsely === 0 };
    },
  },
  {
    name: `${size.requests} requests, 30 % left, 10 % cut, processes ended`,
    async run(place) {
      const { requests, ends } = size;
      const random = seeded(Number(values.seed));
      const { disagreements, ...seen } = await storm(place, { requests, connections: 24, ends, random });
      return {
        seen: JSON.stringify({ ...seen, disagreements: disagreements.slice(0, 5) }),
        holds: disagreements.length === 0,
      };
    },
  },
  {
    name: 'holds after SIGKILL are gone within 60 s, drift 0',
    async run(place) {
      const { held, goneAfterMs, drift } = await lostHolds(place);
      return {
        seen: `${held} held, gone after ${(goneAfterMs / 1000).toFixed(1)} s, drift ${drift}`,
        holds: held > 0 && goneAfterMs <= 60_000 && drift === 0,
      };
    },
  },
  {
    name: 'Redis killed and started: 503 meanwhile, nothing lost',
    async run(place) {
      const { statuses, disagreements } = await outage(place, 'redis');
      const others = Object.keys(statuses).filter((status) => status !== '200' && status !== '503');
      return { seen: JSON.stringify({ statuses, disagreements }), holds: others.length + disagreements.length === 0 };
    },
  },
  {
    name: 'Postgres killed and started: no refusal, nothing lost',
    async run(place) {
      const { statuses, disagreements } = await outage(place, 'postgres');
      const others = Object.keys(statuses).filter((status) => status !== '200');
      return { seen: JSON.stringify({ statuses, disagreements }), holds: others.length + disagreements.length === 0 };
    },
  },
  {
    name: `a provider that is down for ${size.coolDowns} cool-downs, 2 processes`,
    async run(place) {
      const seen = await flapping(place, { coolDownMs: COOL_DOWN_MS, coolDowns: size.coolDowns });
      const rightly = Math.abs(seen.probed - (size.coolDowns + 1)) <= 1;
      const holds = seen.opened === 1 && rightly && seen.closed === 1 && seen.pickyIsClosed;
      return { seen: JSON.stringify(seen), holds };
    },
  },
  ...[
    ['OpenAI to Anthropic', chatToMessagesProperty] as const,
    ['Anthropic to OpenAI', messagesToChatProperty] as const,
    ['OpenAI to Responses', chatToResponsesProperty] as const,
  ].map(([name, property]) => ({
    name: `${size.streams} generated streams, ${name}`,
    async run() {
      const failure = await Promise.resolve(property(size.streams)).then(
        () => null,
        (error: unknown) => (error instanceof Error ? error.message.slice(0, 300) : String(error)),
      );
      return { seen: failure ?? 'the SDK rebuilds each of them', holds: failure === null };
    },
  })),
];

try {
  const run = await openRun({ dataDir: '.data/chaos', fresh: true });
  stopOnSignals(() => run.close());
  const stack = await startStack({ run, parts: ['object-storage', 'temporal'] });
  const settings = { BREAKER_COOL_DOWN_MS: String(COOL_DOWN_MS) };
  const place = await chaosPlace({ run, env: stack.env, settings });
  let broken = 0;
  process.stdout.write(`seed ${values.seed}\n`);
  const chosen = lines.filter(({ name }) => name.includes(values.only));
  for (const line of chosen) {
    const { seen, holds } = await line.run(place).catch((error: unknown) => ({ seen: String(error), holds: false }));
    broken += holds ? 0 : 1;
    process.stdout.write(`${holds ? 'ok    ' : 'BROKEN'} ${line.name}: ${seen}\n`);
  }
  await place.close();
  await run.close();
  process.stdout.write(`${chosen.length - broken} of ${chosen.length} guarantees hold\n`);
  process.exit(broken === 0 ? 0 : 1);
} catch (error) {
  process.stderr.write(
    `${error instanceof StackError ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
  );
  process.exit(1);
}
