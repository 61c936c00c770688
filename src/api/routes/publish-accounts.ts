import { z } from 'zod';
import { externalAccountId, platformName } from '../../domain/credentials/envelope-schema.ts';
import type { Work } from '../../work/work.ts';
import type { ApiServices } from '../api-services.ts';
import { accountHealth, pace, paceOf, paceShown, paceView } from '../pace.ts';
import { route } from '../route.ts';

type Parts = Pick<ApiServices, 'turns'> & { work: Work };

/** How fast an account publishes, and whether it does at all. */
export const publishAccountRoutes = ({ turns, work }: Parts) => [
  route({
    get: '/api/v1/publish/accounts/:platform/:account_id/pace',
    allow: 'user',
    tag: 'publishing',
    params: account,
    reply: { 200: paceView },
    summary: 'How fast this account may publish: what its platform asks for, what you want, and what comes of both.',
    handle: async ({ user: { userId }, params }) => paceShown(await turns.pace({ userId, ...nameOf(params) })),
  }),
  route({
    put: '/api/v1/publish/accounts/:platform/:account_id/pace',
    allow: 'user',
    tag: 'publishing',
    params: account,
    body: pace,
    reply: { 200: paceView },
    summary: 'Publish slower than the platform asks for. What is faster is refused.',
    handle: async ({ user: { userId }, params, body }) => {
      const set = await turns.setPace({ userId, ...nameOf(params) }, paceOf(body));
      await work.accountChanged(set.account);
      return paceShown(set);
    },
  }),
  route({
    post: '/api/v1/publish/accounts/:platform/:account_id/disable',
    allow: 'user',
    tag: 'publishing',
    params: account,
    reply: { 200: accountHealth },
    summary: 'Publish nothing there: new publications are refused, planned ones wait.',
    handle: async ({ user: { userId }, params }) => healthShown(await turns.disable({ userId, ...nameOf(params) })),
  }),
  route({
    post: '/api/v1/publish/accounts/:platform/:account_id/enable',
    allow: 'user',
    tag: 'publishing',
    params: account,
    reply: { 200: accountHealth },
    summary: 'Publish there again. A cool-down that is not over goes on.',
    handle: async ({ user: { userId }, params }) => {
      const enabled = await turns.enable({ userId, ...nameOf(params) });
      await work.accountChanged(enabled);
      return healthShown(enabled);
    },
  }),
];

const account = z.object({ platform: platformName, account_id: externalAccountId });

const nameOf = ({ platform, account_id: accountId }: z.output<typeof account>) => ({ platform, accountId });

const healthShown = ({ health, until, reason }: Awaited<ReturnType<Parts['turns']['enable']>>) => ({
  health,
  health_until: until?.toISOString() ?? null,
  health_reason: reason,
});
