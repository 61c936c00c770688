import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Tier } from '../../entities/tier.ts';
import { User } from '../../entities/user.ts';
import type { Em } from '../../infra/database.ts';
import { newId } from '../../infra/ids.ts';
import { testPlace } from '../../../test/services.ts';
import type { TestPlace } from '../../../test/services.ts';
import { once } from './idempotency.ts';

let place: TestPlace;

beforeAll(async () => {
  place = await testPlace();
});
afterAll(() => place.close());

/** The resource of these tests: a tier, because nothing has to exist before it. */
async function makeTier(em: Em): Promise<string> {
  const id = newId('req');
  await em.insert(Tier, { id, displayName: 'made once' });
  return id;
}

async function somebody(): Promise<string> {
  const id = newId('usr');
  const person = { id, email: `${id}@example.com`, passwordHash: '-', tierId: 'free', createdAt: new Date() };
  await place.database.em.fork().insert(User, person);
  return id;
}

type Request = { userId: string; key?: string | null; body?: unknown; operation?: string; create?: typeof makeTier };

const ask = ({ userId, key = 'k1', body = { a: 1, b: [2] }, operation = 'make', create = makeTier }: Request) =>
  once(place.database.em.fork(), { userId, operation, key, body, create });

test('the same key and body give the same resource, whatever the order of the fields', async () => {
  const userId = await somebody();
  const first = await ask({ userId });
  const second = await ask({ userId, body: { b: [2], a: 1 } });

  expect(first.replayed).toBe(false);
  expect(second).toEqual({ resourceId: first.resourceId, replayed: true });
});

test('the same key with another body is a conflict', async () => {
  const userId = await somebody();
  await ask({ userId });

  await expect(ask({ userId, body: { a: 2 } })).rejects.toMatchObject({ code: 'idempotency_conflict' });
});

test('keys of other users and other operations are other keys, and no key is never one', async () => {
  const userId = await somebody();
  const answers = [
    await ask({ userId }),
    await ask({ userId: await somebody() }),
    await ask({ userId, operation: 'other' }),
    await ask({ userId, key: null }),
    await ask({ userId, key: null }),
  ];

  expect(new Set(answers.map((answer) => answer.resourceId)).size).toBe(5);
});

test('of requests sent at once one makes the resource and all answer it', async () => {
  const userId = await somebody();
  const answers = await Promise.all(Array.from({ length: 4 }, () => ask({ userId })));

  expect(new Set(answers.map((answer) => answer.resourceId)).size).toBe(1);
  expect(answers.filter((answer) => !answer.replayed)).toHaveLength(1);
});

test('a request that fails leaves its key free, and nothing behind', async () => {
  const userId = await somebody();
  let made = '';
  const fail = async (em: Em) => {
    made = await makeTier(em);
    throw new Error('half way');
  };
  await expect(ask({ userId, create: fail })).rejects.toThrow('half way');

  await expect(place.database.em.fork().count(Tier, { id: made })).resolves.toBe(0);
  await expect(ask({ userId })).resolves.toMatchObject({ replayed: false });
});
