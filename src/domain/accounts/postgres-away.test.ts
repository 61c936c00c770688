import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { NewKey } from './accounts.ts';
import { accountsOfTwoProcesses, withinASecond } from '../../../test/account-processes.ts';

const plainKey: NewKey = { name: 'laptop', expiresInDays: null, allowedModels: null, metadata: {} };

let here: Awaited<ReturnType<typeof accountsOfTwoProcesses>>;
let remote: Awaited<ReturnType<typeof here.remote>>;

beforeAll(async () => {
  here = await accountsOfTwoProcesses();
  remote = await here.remote();
});
beforeEach(() => remote.line.mend());
afterAll(() => here.close());

async function knownKey() {
  const { user } = await here.signUp();
  const { key, secret } = await here.accounts.keys.create(user.id, plainKey);
  await remote.accounts.authenticate(secret);
  await remote.accounts.written();
  return { user, id: key.id, secret };
}

test('a known key works for as long as Postgres is away', async () => {
  const { id, secret } = await knownKey();
  remote.line.cut();

  for (const seconds of [0, 61, 1, 6, 3_600]) {
    here.later(seconds);
    await expect(remote.accounts.authenticate(secret)).resolves.toMatchObject({ keyId: id });
  }
});

test('a known key works while Postgres says nothing at all, and makes a call wait for it once', async () => {
  const { id, secret } = await knownKey();
  remote.line.silence();
  here.later(61);
  await expect(remote.accounts.authenticate(secret)).resolves.toMatchObject({ keyId: id });

  here.later(6);
  const began = performance.now();
  await expect(remote.accounts.authenticate(secret)).resolves.toMatchObject({ keyId: id });
  expect(performance.now() - began).toBeLessThan(100);
});

test('an unknown key is unavailable while Postgres is away, and not refused', async () => {
  const { user } = await knownKey();
  const { secret } = await here.accounts.keys.create(user.id, plainKey);
  remote.line.cut();

  await expect(remote.accounts.authenticate(secret)).rejects.toMatchObject({ code: 'unavailable', status: 503 });
  remote.line.mend();
  await expect(remote.accounts.authenticate(secret)).resolves.toMatchObject({ userId: user.id });
});

test('a key that is revoked where Postgres is not away is refused where it is', async () => {
  const { user, id, secret } = await knownKey();
  remote.line.cut();
  await here.accounts.keys.revoke(user.id, id);

  await withinASecond(() =>
    remote.accounts.authenticate(secret).then(
      () => false,
      () => true,
    ),
  );
});

test('a process that cannot hear of changes does not use what it knew while Postgres is away', async () => {
  const { secret } = await knownKey();
  remote.line.cut();
  await remote.deafen();

  await expect(remote.accounts.authenticate(secret)).rejects.toMatchObject({ code: 'unavailable' });
});

test('what was changed behind our back holds when a key is read again, once Postgres is back', async () => {
  remote = await here.remote();
  const { id, secret } = await knownKey();
  remote.line.cut();
  here.later(61);
  await remote.accounts.authenticate(secret);
  await here.database.em.fork().execute(`update api_keys set status = 'disabled' where id = ?`, [id]);
  remote.line.mend();

  here.later(6);
  await withinASecond(() =>
    remote.accounts.authenticate(secret).then(
      () => false,
      () => true,
    ),
  );
});
