import { z } from 'zod';
import { externalAccountId, platformName } from '../../domain/credentials/envelope-schema.ts';
import { postingSlots } from '../../domain/schedule/schedule.ts';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';
import { digits } from '../schemas.ts';

export const slotRoutes = ({ schedule: { slots } }: Pick<ApiServices, 'schedule'>) => [
  route({
    get: '/api/v1/publish/accounts/:platform/:account_id/slots',
    allow: 'user',
    tag: 'publishing',
    params: account,
    reply: { 200: postingSlots },
    summary: 'When this account wants to post: local times of each weekday, and their time zone.',
    handle: ({ user: { userId }, params }) => slots.of({ userId, ...nameOf(params) }),
  }),
  route({
    put: '/api/v1/publish/accounts/:platform/:account_id/slots',
    allow: 'user',
    tag: 'publishing',
    params: account,
    body: postingSlots,
    reply: { 200: postingSlots },
    summary: 'Set them. Posts that are scheduled already keep their time.',
    handle: ({ user: { userId }, params, body }) => slots.replace({ userId, ...nameOf(params) }, body),
  }),
  route({
    get: '/api/v1/publish/accounts/:platform/:account_id/slots/next',
    allow: 'user',
    tag: 'publishing',
    params: account,
    query: z.strictObject({ count: digits.pipe(z.int().min(1).max(100)).default(1) }),
    reply: { 200: z.object({ data: z.array(z.string()) }) },
    summary: 'The next slots that nothing is scheduled in, at most for a year.',
    handle: async ({ user: { userId }, params, query }) => {
      const free = await slots.next({ userId, ...nameOf(params) }, query.count);
      return { data: free.map((at) => at.toISOString()) };
    },
  }),
];

const account = z.object({ platform: platformName, account_id: externalAccountId });

const nameOf = ({ platform, account_id: accountId }: z.output<typeof account>) => ({ platform, accountId });
