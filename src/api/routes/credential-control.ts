import { z } from 'zod';
import { externalAccountId, platformName } from '../../domain/credentials/envelope-schema.ts';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';
import { cursor, id, limit, pageOf, time } from '../schemas.ts';

type Parts = Pick<ApiServices, 'credentials'>;

/** What a user sees of credentials that are stored, and takes back. */
export const credentialControlRoutes = ({ credentials }: Parts) => [
  // Before `/:platform/:account_id`, which would take "grants" for a platform.
  route({
    delete: '/api/v1/credential/grants/:id',
    allow: 'user',
    tag: 'credentials',
    params: z.object({ id }),
    reply: { 204: z.void() },
    summary: 'Take a grant back. Work that needs it will ask for a login.',
    respond: async ({ user, params }) => {
      await credentials.revokeGrant(user.userId, params.id);
      return { status: 204 };
    },
  }),
  route({
    delete: '/api/v1/credential/:platform/:account_id',
    ...ofAccount,
    reply: { 204: z.void() },
    summary: 'Forget the login state and every grant for it. Publications that wait will ask for a login.',
    respond: async ({ user, params }) => {
      await credentials.remove(nameOf(user.userId, params));
      return { status: 204 };
    },
  }),
  route({
    get: '/api/v1/credential/:platform/:account_id/devices',
    ...ofAccount,
    reply: { 200: z.object({ data: z.array(device) }) },
    summary: 'The devices that have stored this login state, the latest first.',
    handle: async ({ user, params }) => ({
      data: (await credentials.devices(nameOf(user.userId, params))).map((one) => ({
        device: one.deviceId,
        first_at: one.firstAt,
        last_at: one.lastAt,
        last_version: one.lastVersion,
      })),
    }),
  }),
  route({
    get: '/api/v1/credential/:platform/:account_id/grants',
    ...ofAccount,
    reply: { 200: z.object({ data: z.array(grant) }) },
    summary: 'The grants that are still good for this login state.',
    handle: async ({ user, params }) => ({
      data: (await credentials.grants(nameOf(user.userId, params))).map((one) => ({
        grant_id: one.id,
        purpose: one.purpose,
        publication_id: one.publicationId ?? null,
        expires_at: one.expiresAt,
        created_at: one.createdAt,
      })),
    }),
  }),
  route({
    get: '/api/v1/credential/:platform/:account_id/openings',
    ...ofAccount,
    query: z.strictObject({ limit, cursor }),
    reply: { 200: pageOf(opening) },
    summary: 'Each time that a browser worker opened this login state, the latest first.',
    handle: async ({ user, params, query }) => {
      const { openings, nextCursor } = await credentials.openings(nameOf(user.userId, params), query);
      const data = openings.map((one) => ({
        grant_id: one.grantId,
        purpose: one.purpose,
        publication_id: one.publicationId ?? null,
        opened_by: one.openedBy,
        at: one.at,
      }));
      return { data, next_cursor: nextCursor };
    },
  }),
];

const ofAccount = {
  allow: 'user',
  tag: 'credentials',
  params: z.object({ platform: platformName, account_id: externalAccountId }),
} as const;

const nameOf = (userId: string, { platform, account_id: accountId }: { platform: string; account_id: string }) => ({
  userId,
  platform,
  accountId,
});

const device = z.object({ device: z.string(), first_at: time, last_at: time, last_version: z.int() });
const purpose = z.enum(['publication', 'analytics']);
const grant = z.object({
  grant_id: z.string(),
  purpose,
  publication_id: z.string().nullable(),
  expires_at: time,
  created_at: time,
});
const opening = z.object({
  grant_id: z.string(),
  purpose,
  publication_id: z.string().nullable(),
  opened_by: z.string(),
  at: time,
});
