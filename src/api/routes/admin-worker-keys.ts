import { z } from 'zod';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';
import { cursor, id, limit, noFilter, pageOf, time } from '../schemas.ts';

/** What a rotation of the browser workers' key waits for. */
export const adminWorkerKeyRoutes = ({ credentials }: Pick<ApiServices, 'credentials'>) => [
  route({
    get: '/api/v1/admin/worker-keys',
    allow: 'operator',
    tag: 'admin',
    query: noFilter,
    reply: { 200: z.object({ data: z.array(keyUse) }) },
    summary: 'The keys that grants are sealed to, and how many grants still need each of them.',
    handle: async () => ({
      data: (await credentials.keyUse()).map(({ keyId, state, grants, neededUntil }) => ({
        key_id: keyId,
        state,
        grants,
        needed_until: neededUntil?.toISOString() ?? null,
      })),
    }),
  }),
  route({
    get: '/api/v1/admin/worker-keys/:key_id/grants',
    allow: 'operator',
    tag: 'admin',
    params: z.object({ key_id: id }),
    query: z.strictObject({ limit, cursor }),
    reply: { 200: pageOf(grant) },
    summary: 'The grants that still need a key: no secret of theirs, but whose and for what they are.',
    handle: async ({ params, query }) => {
      const { grants, nextCursor } = await credentials.grantsOfKey(params.key_id, query);
      const data = grants.map((one) => ({
        grant_id: one.id,
        account_id: one.accountId,
        publication_id: one.publicationId ?? null,
        purpose: one.purpose,
        expires_at: one.expiresAt,
      }));
      return { data, next_cursor: nextCursor };
    },
  }),
];

const keyUse = z.object({
  key_id: z.string(),
  state: z.enum(['current', 'previous', 'retired']),
  grants: z.int(),
  needed_until: z.iso.datetime().nullable().describe('when the last of them expires'),
});

const grant = z.object({
  grant_id: z.string(),
  account_id: z.string().describe('id of the account’s row'),
  publication_id: z.string().nullable(),
  purpose: z.enum(['publication', 'analytics']),
  expires_at: time,
});
