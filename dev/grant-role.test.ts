import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { User } from '../src/entities/user.ts';
import { testUser } from '../test/rows.ts';
import { testPlace } from '../test/services.ts';
import type { TestPlace } from '../test/services.ts';

let place: TestPlace;

beforeAll(async () => {
  place = await testPlace();
});
afterAll(() => place.close());

function grant(...args: string[]) {
  const env = { ...process.env, DATABASE_URL: place.config.DATABASE_URL };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dev/grant-role.ts', ...args], {
    env,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('the first admin comes to be from the command line, and is told so', async () => {
  const { id, email } = await testUser(place.database.em.fork());

  expect(grant(email.toUpperCase(), 'admin')).toMatchObject({
    status: 0,
    stdout: `${email.toUpperCase()} is now admin; it was user.\n`,
  });
  await expect(place.database.em.fork().findOneOrFail(User, { id })).resolves.toMatchObject({ role: 'admin' });
  expect(grant(email, 'operator')).toMatchObject({ status: 1, stderr: expect.stringMatching(/last admin/) });
});

test('an unknown address and an unknown role are refused, and exit with 1', async () => {
  const { email } = await testUser(place.database.em.fork());

  expect(grant('nobody@example.com', 'admin')).toMatchObject({
    status: 1,
    stdout: '',
    stderr: 'There is no account with the address nobody@example.com.\n',
  });
  expect(grant(email, 'king')).toMatchObject({ status: 1, stderr: expect.stringMatching(/^usage: /) });
  expect(grant(email)).toMatchObject({ status: 1, stderr: expect.stringMatching(/^usage: /) });
});
