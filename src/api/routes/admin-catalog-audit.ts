import { z } from 'zod';
import type { AdminActions } from '../../domain/admin/admin.ts';
import { route } from '../route.ts';
import { cursor, limit, pageOf, time } from '../schemas.ts';

export const adminCatalogAuditRoutes = ({ actions }: { actions: AdminActions }) => [
  route({
    get: '/api/v1/admin/actions',
    allow: 'operator',
    tag: 'admin catalog',
    query: z.strictObject({ limit, cursor }),
    reply: { 200: pageOf(shownAction) },
    summary: 'What admins have changed, newest first; secrets are cut out.',
    handle: async ({ query }) => {
      const page = await actions.list(query);
      return {
        data: page.actions.map(({ id, userId, action, target, details, createdAt }) => ({
          id,
          user_id: userId,
          action,
          target,
          details,
          created_at: createdAt,
        })),
        next_cursor: page.nextCursor,
      };
    },
  }),
];

const shownAction = z.object({
  id: z.int(),
  user_id: z.string(),
  action: z.string().describe('thing and verb, as `provider.rotate-key`'),
  target: z.string(),
  details: z.record(z.string(), z.unknown()),
  created_at: time,
});
