/** Test set-up: those of us who keep the catalog, and what they send. */
import { z } from 'zod';
import type { Role } from '../src/entities/user.ts';
import { callTo, PASSWORD } from './api-place.ts';
import type { ApiPlace } from './api-place.ts';

export type Staff = Awaited<ReturnType<typeof staffOf>>;

/** Calls as a plain user, an operator and an admin, each logged in. */
export async function staffOf(place: ApiPlace) {
  const as = async (role: Role) => {
    const { email, userId } = await place.signUp();
    await place.database.em.fork().execute('update users set role = ? where id = ?', [role, userId]);
    const login = await place.call('POST /api/v1/auth/login', { body: { email, password: PASSWORD } });
    const { access_token: token } = z.object({ access_token: z.string() }).parse(login.body);
    const authorization = `Bearer ${token}`;
    return { userId, authorization, call: callTo(place.api.url, { authorization }) };
  };
  return { user: await as('user'), operator: await as('operator'), admin: await as('admin') };
}

export const newProvider = (id: string, changes: object = {}) => ({
  provider_id: id,
  display_name: id,
  base_url: 'https://api.example.com/v1',
  credentials: ['sk-secret-one', 'sk-secret-two'],
  ...changes,
});

export const prices = {
  input_nanos: 1_000_000_000,
  output_nanos: 4_000_000_000,
  cache_read_nanos: 100_000_000,
  cache_write_5m_nanos: 1_250_000_000,
  cache_write_1h_nanos: 2_000_000_000,
};

export const newModel = (provider: string, name: string, changes: object = {}) => ({
  provider_id: provider,
  model_id: name,
  display_name: name,
  model_type: 'text',
  prices,
  ...changes,
});

export const newGroup = (id: string, names: string[], changes: object = {}) => ({
  group_id: id,
  display_name: id,
  model_type: 'text',
  model_ids: names,
  ...changes,
});
