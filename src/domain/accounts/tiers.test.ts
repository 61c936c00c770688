import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AdminAction } from '../../entities/admin-action.ts';
import { Tier } from '../../entities/tier.ts';
import type { TierSettings } from './accounts.ts';
import { accountsOfTwoProcesses, withinASecond } from '../../../test/account-processes.ts';

const plainTier: TierSettings = {
  displayName: 'Team',
  isDefault: false,
  allowedModelTypes: null,
  blockedModels: null,
};

let here: Awaited<ReturnType<typeof accountsOfTwoProcesses>>;
let by: string;
let tiers: typeof here.accounts.tiers;

beforeAll(async () => {
  here = await accountsOfTwoProcesses();
  by = (await here.signUp()).user.id;
  tiers = here.accounts.tiers;
});
afterAll(() => here.close());

const defaults = async () => (await here.database.em.fork().find(Tier, { isDefault: true })).map(({ id }) => id);

async function userOf(tier: string) {
  const { user } = await here.signUp();
  await here.accounts.users.change({ userId: by, role: 'admin' }, user.id, { tier });
  return user;
}

test('a tier is kept as it was given, and what it does not limit has no limit', async () => {
  const settings = { ...plainTier, requestsPerMinute: 9, allowedModelTypes: ['text' as const], blockedModels: ['gpt'] };
  const made = await tiers.create({ id: 'kept', by }, settings);

  expect(made).toMatchObject({ ...settings, id: 'kept', tokensPerDay: null, costNanosPerMonth: null });
  await expect(tiers.get('kept')).resolves.toEqual(made);
  await expect(tiers.create({ id: 'kept', by }, settings)).rejects.toMatchObject({ code: 'conflict' });
  await expect(tiers.replace({ id: 'kept', by }, plainTier)).resolves.toMatchObject({ requestsPerMinute: null });
  await expect(tiers.get('kept')).resolves.toMatchObject({ allowedModelTypes: null, blockedModels: null });
  await expect(tiers.get('unknown')).rejects.toMatchObject({ code: 'not_found' });
});

test('a changed tier holds for the keys of its users on every process within a second, and for no others', async () => {
  await tiers.create({ id: 'changing', by }, plainTier);
  const [ours, theirs] = [await userOf('changing'), (await here.signUp()).user];
  const noLimits = { name: 'laptop', expiresInDays: null, allowedModels: null, metadata: {} };
  const { secret } = await here.accounts.keys.create(ours.id, noLimits);
  const others = await here.accounts.keys.create(theirs.id, noLimits);
  await expect(here.other.authenticate(secret)).resolves.toMatchObject({ blockedModels: null });
  const { userLimits } = await here.other.authenticate(others.secret);

  const settings = { ...plainTier, tokensPerWeek: 5, allowedModelTypes: ['text' as const], blockedModels: ['gpt'] };
  await tiers.replace({ id: 'changing', by }, settings);
  await withinASecond(async () => {
    const caller = await here.other.authenticate(secret);
    return (
      caller.userLimits.tokensPerWeek === 5 &&
      caller.allowedModelTypes?.[0] === 'text' &&
      caller.blockedModels?.[0] === 'gpt'
    );
  });
  await expect(here.other.authenticate(others.secret)).resolves.toMatchObject({ userLimits });
});

test('there is exactly one default, whoever makes another one, and however many at once', async () => {
  for (const id of ['first', 'second', 'third']) await tiers.create({ id, by }, plainTier);
  await tiers.create({ id: 'born-default', by }, { ...plainTier, isDefault: true });
  expect(await defaults()).toEqual(['born-default']);

  const asDefault = { ...plainTier, isDefault: true };
  await Promise.all([
    tiers.replace({ id: 'first', by }, asDefault),
    here.other.tiers.replace({ id: 'second', by }, asDefault),
    tiers.replace({ id: 'third', by }, asDefault),
  ]);
  const [id = '', ...more] = await defaults();
  expect(more).toEqual([]);
  await expect(here.signUp()).resolves.toMatchObject({ user: { tier: id } });
  await expect(tiers.replace({ id, by }, plainTier)).rejects.toMatchObject({ code: 'conflict' });
  await expect(tiers.remove({ id, by })).rejects.toMatchObject({ code: 'conflict' });
  expect(await defaults()).toEqual([id]);
});

test('a tier with users cannot be deleted, and one without can, once', async () => {
  await tiers.create({ id: 'short-lived', by }, plainTier);
  const user = await userOf('short-lived');
  await expect(tiers.remove({ id: 'short-lived', by })).rejects.toMatchObject({ code: 'conflict' });

  await here.accounts.users.change({ userId: by, role: 'admin' }, user.id, { tier: 'pro' });
  await tiers.remove({ id: 'short-lived', by });
  await expect(tiers.remove({ id: 'short-lived', by })).rejects.toMatchObject({ code: 'not_found' });
});

test('every change is on record, and a refused one is not', async () => {
  await tiers.create({ id: 'recorded', by }, plainTier);
  await tiers.replace({ id: 'recorded', by }, { ...plainTier, tokensPerDay: 7 });
  const user = await userOf('recorded');
  await expect(tiers.remove({ id: 'recorded', by })).rejects.toMatchObject({ code: 'conflict' });

  const actions = await here.database.em.fork().find(AdminAction, { target: 'recorded' }, { orderBy: { id: 'asc' } });
  expect(actions).toMatchObject([
    { userId: by, action: 'tier.create', details: { displayName: 'Team' } },
    { userId: by, action: 'tier.replace', details: { tokensPerDay: 7 } },
  ]);
  const moved = await here.database.em.fork().find(AdminAction, { target: user.id });
  expect(moved).toMatchObject([{ userId: by, action: 'user.change', details: { tier: 'recorded' } }]);
});
