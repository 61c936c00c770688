import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { UsageRecord } from '../../entities/usage-record.ts';
import { createLogger } from '../../infra/logger.ts';
import { eventually, priced, spent, usagePlace } from '../../../test/usage-place.ts';
import type { UsagePlace } from '../../../test/usage-place.ts';
import { openEventStreams } from './event-stream.ts';
import { usageKeys } from './hold.ts';
import { insertUsageEvents } from './usage-rows.ts';
import { openDatabase } from '../../infra/database.ts';
import type { Caller } from './usage.ts';

let place: UsagePlace;
beforeAll(async () => {
  place = await usagePlace();
});
afterAll(() => place.close());

async function settled(caller: Caller, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const { hold } = await place.usage.reserve(priced(caller));
    await place.usage.settle(
      hold,
      spent({ attempts: [{ model: 'model-a', provider: 'provider-a', outcome: 'answered', latencyMs: 5 }] }),
    );
  }
}
const rowsOf = ({ userId }: Caller) => place.database.em.fork().find(UsageRecord, { userId });
const waiting = async (caller: Caller) => place.redis.xlen(usageKeys(caller.userId).events);

test('usage events reach Postgres exactly once with two consumers, and leave Redis', async () => {
  const callers = [await place.newCaller({ key: {} }), await place.newCaller(), await place.newCaller()];
  const consumers = [await place.another(), await place.another()];
  for (const { usage } of consumers) usage.ledger.start();
  await Promise.all(callers.map((caller) => settled(caller, 40)));
  for (const caller of callers) await eventually(async () => (await rowsOf(caller)).length === 40);
  for (const caller of callers) await eventually(async () => (await waiting(caller)) === 0);
  await Promise.all(consumers.map(({ usage }) => usage.ledger.drain()));

  const [caller] = callers;
  const [row] = caller ? await rowsOf(caller) : [];
  expect(row).toMatchObject({
    apiKeyId: caller?.keyId,
    inputTokens: 10,
    costNanos: 1_000,
    createdAt: place.clock.now,
    attempts: [{ model: 'model-a', outcome: 'answered' }],
  });
});

test('what a process had been given, and even written, before it died is taken over and stands there once', async () => {
  const caller = await place.newCaller();
  await settled(caller, 5);
  const streams = openEventStreams({ redis: place.redis, blockingRedis: place.redis, consumer: 'killed' });
  await streams.createGroups();
  const given = await streams.waiting({ again: false });
  expect(given).toHaveLength(5);
  const [first] = given;
  await insertUsageEvents(place.database, first?.events ?? []);

  const heir = await place.another({ claimAfterMs: 1 });
  heir.usage.ledger.start();
  await eventually(async () => (await waiting(caller)) === 0);
  await heir.usage.ledger.drain();
  await expect(rowsOf(caller)).resolves.toHaveLength(5);
});

test('while Postgres is away events wait in Redis, and are written when it is back', async () => {
  const caller = await place.newCaller();
  const warnings: string[] = [];
  const logger = createLogger({ level: 'warn', name: 'test' }, { write: (line) => void warnings.push(line) });
  const database = await openDatabase({ url: place.config.DATABASE_URL, poolSize: 1 });
  const outage = { on: true };
  const guarded = new Proxy(database, {
    get: (target, name) => {
      if (outage.on && name === 'em') throw new Error('connection refused');
      const value: unknown = Reflect.get(target, name);
      return value;
    },
  });
  const { usage } = await place.another({ database: guarded, logger });
  usage.ledger.start();
  await settled(caller, 3);
  await eventually(() => warnings.some((line) => line.includes('the usage ledger waits')));
  await expect(rowsOf(caller)).resolves.toHaveLength(0);
  outage.on = false;
  await eventually(async () => (await rowsOf(caller)).length === 3);
  await usage.ledger.drain();
  await database.close(true);
});

test('what people wrote arrives letter by letter, whatever it means to SQL or JSON', async () => {
  const caller = await place.newCaller();
  const odd = `a?b \\ 'c' "d" $1 ?? é 🦊 "createdAt":"1999-01-01`;
  const { hold } = await place.usage.reserve(priced(caller, { model: odd }));
  await place.usage.settle(hold, spent({ errorCode: odd }));
  await place.usage.ledger.drain();
  await expect(rowsOf(caller)).resolves.toMatchObject([{ requestedModel: odd, errorCode: odd }]);
});

test('draining writes what waits at that moment, without a running loop', async () => {
  const caller = await place.newCaller();
  await settled(caller, 3);
  await place.usage.ledger.drain();
  await expect(rowsOf(caller)).resolves.toHaveLength(3);
});

test('an event that Postgres can never take is set aside and holds up no other', async () => {
  const [gone, caller] = [await place.newCaller(), await place.newCaller()];
  await settled({ ...gone, userId: 'usr_gone' }, 1);
  await place.redis.xadd(usageKeys(caller.userId).events, '*', 'event', 'not an event');
  await settled(caller, 2);
  await place.usage.ledger.drain();
  await expect(rowsOf(caller)).resolves.toHaveLength(2);
  await expect(place.redis.xlen(`${usageKeys('usr_gone').events}:rejected`)).resolves.toBeGreaterThanOrEqual(1);
  await expect(waiting(caller)).resolves.toBe(0);
});

test('the summary and the table by model agree with what was settled in the period', async () => {
  const caller = await place.newCaller();
  const settle = async (changes: Parameters<typeof spent>[0]) => {
    const { hold } = await place.usage.reserve(priced(caller));
    await place.usage.settle(hold, spent(changes));
  };
  await settle({});
  place.clock.now = new Date('2026-11-24T12:00:00Z');
  await settle({ modelName: 'model-b', inputTokens: 1_000, outputTokens: 235, estimated: true });
  place.clock.now = new Date('2026-11-25T12:00:00Z');
  await place.usage.ledger.drain();

  await expect(place.usage.summary(caller.userId, 'day')).resolves.toEqual({
    period: 'day',
    start_date: '2026-11-25',
    end_date: '2026-11-25',
    total_tokens: 15,
    total_cost_nanos: 1_000,
    request_count: 1,
    limit: 100_000,
    remaining: 99_985,
    usage_percentage: 0.02,
  });
  await expect(place.usage.summary(caller.userId, 'week')).resolves.toMatchObject({
    total_tokens: 1_250,
    limit: null,
    remaining: null,
    usage_percentage: 0,
  });
  await expect(place.usage.byModel(caller.userId, { startDate: '2026-11-24' })).resolves.toMatchObject({
    startDate: '2026-11-24',
    endDate: '2026-11-25',
    models: [
      {
        model: 'model-b',
        request_count: 1,
        input_tokens: 1_000,
        output_tokens: 235,
        total_tokens: 1_235,
        estimated: true,
      },
      { model: 'model-a', request_count: 1, input_tokens: 10, output_tokens: 5, cost_nanos: 1_000, estimated: false },
    ],
  });
});
