import { z } from 'zod';
import { roles } from '../../domain/accounts/accounts.ts';
import type { UserRecord } from '../../domain/accounts/accounts.ts';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';
import { cursor, id, limit, pageOf, shortText, time } from '../schemas.ts';

export const adminUserRoutes = ({ accounts: { users } }: Pick<ApiServices, 'accounts'>) => [
  route({
    get: '/api/v1/admin/users',
    allow: 'operator',
    tag: 'admin',
    query: z.strictObject({ limit, cursor, email: shortText(254).nullable().default(null).describe('how it begins') }),
    reply: { 200: pageOf(shownUser) },
    summary: 'Users, newest first.',
    handle: async ({ query: { email, ...page } }) => {
      const found = await users.list({ emailPrefix: email, ...page });
      return { data: found.users.map(userView), next_cursor: found.nextCursor };
    },
  }),
  route({
    get: '/api/v1/admin/users/:id',
    allow: 'operator',
    tag: 'admin',
    params: z.object({ id }),
    reply: { 200: shownUser },
    summary: 'One user.',
    handle: async ({ params }) => userView(await users.get(params.id)),
  }),
  route({
    patch: '/api/v1/admin/users/:id',
    allow: 'operator',
    tag: 'admin',
    params: z.object({ id }),
    body: userChanges,
    reply: { 200: shownUser },
    summary:
      'Change the tier, the lock or (admins only) the role of a user. The keys of the user obey within a second; ' +
      'a role, and the end of a locked session, show when the access token is next issued.',
    handle: async ({ user, params, body }) => userView(await users.change(user, params.id, body)),
  }),
];

const userChanges = z.strictObject({
  tier: id.optional(),
  role: z.enum(roles).optional(),
  locked: z.boolean().optional().describe('false also ends the lock of failed logins'),
});

const shownUser = z.object({
  id: z.string(),
  email: z.string(),
  role: z.enum(roles),
  tier: z.string(),
  locked: z.boolean().describe('by one of us, until one of us opens it'),
  login_locked_until: time.nullable().describe('by failed logins'),
  created_at: time,
});

const userView = ({ loginLockedUntil, createdAt, ...rest }: UserRecord) => ({
  ...rest,
  login_locked_until: loginLockedUntil,
  created_at: createdAt,
});
