import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { testUser } from '../../../test/rows.ts';
import { testPlace } from '../../../test/services.ts';
import type { TestPlace } from '../../../test/services.ts';
import { createAdminActions } from './admin.ts';
import type { AdminActions } from './admin.ts';
import { withoutSecrets } from './without-secrets.ts';

let place: TestPlace;
let actions: AdminActions;
let userId: string;
const at = new Date('2026-11-25T12:00:00Z');

beforeAll(async () => {
  place = await testPlace();
  actions = createAdminActions({ database: place.database, now: () => at });
  userId = (await testUser(place.database.em.fork())).id;
});
afterAll(() => place.close());

const done = (target: string, details = {}) => ({ userId, action: 'thing.change', target, details });

test('actions are listed newest first, page by page', async () => {
  for (const target of ['a', 'b', 'c']) await actions.record(place.database.em.fork(), done(target));
  const first = await actions.list({ limit: 2, cursor: null });
  expect(first.actions).toMatchObject([{ target: 'c', userId, createdAt: at }, { target: 'b' }]);
  const second = await actions.list({ limit: 2, cursor: first.nextCursor });
  expect(second).toMatchObject({ actions: [{ target: 'a' }], nextCursor: null });
});

test('an action whose change is undone was never done', async () => {
  const undone = place.database.em.fork().transactional(async (em) => {
    await actions.record(em, done('undone'));
    throw new Error('undo');
  });
  await expect(undone).rejects.toThrow('undo');
  const { actions: all } = await actions.list({ limit: 100, cursor: null });
  expect(all.map(({ target }) => target)).not.toContain('undone');
});

test('a cursor that is none of ours is refused by name', async () => {
  await expect(actions.list({ limit: 1, cursor: 'key_1' })).rejects.toMatchObject({
    code: 'invalid_request',
    details: { issues: [{ path: 'cursor' }] },
  });
});

test('secrets are cut out at any depth, and what is no secret stays', () => {
  const details = {
    provider_id: 'openai',
    credentials: ['sk-1', 'sk-2'],
    providers: [{ api_key: 'sk-3', headers: { 'x-tenant': 'sk-4' }, description: null }],
    max_tokens: 5,
    password: 'sk-5',
  };
  const kept = withoutSecrets(details);
  expect(JSON.stringify(kept)).not.toContain('sk-');
  expect(kept).toEqual({
    provider_id: 'openai',
    credentials: ['[secret]', '[secret]'],
    providers: [{ api_key: '[secret]', headers: { 'x-tenant': '[secret]' }, description: null }],
    max_tokens: 5,
    password: '[secret]',
  });
});
