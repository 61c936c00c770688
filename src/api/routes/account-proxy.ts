import { z } from 'zod';
import { externalAccountId, platformName } from '../../domain/credentials/envelope-schema.ts';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';

export const accountProxyRoutes = ({ browsers: { proxies } }: Pick<ApiServices, 'browsers'>) => [
  route({
    get: '/api/v1/publish/accounts/:platform/:account_id/proxy',
    allow: 'user',
    tag: 'publishing',
    params: account,
    reply: { 200: shown },
    summary: 'The proxy through which this account is used, without its name and password.',
    handle: async ({ user: { userId }, params }) => ({ url: await proxies.shown({ userId, ...nameOf(params) }) }),
  }),
  route({
    put: '/api/v1/publish/accounts/:platform/:account_id/proxy',
    allow: 'user',
    tag: 'publishing',
    params: account,
    body: z.strictObject({
      url: z
        .url({ protocol: /^https?$/ })
        .max(1_000)
        .nullable()
        .describe('as http://name:password@host:3128; null takes it away'),
    }),
    reply: { 200: shown },
    summary: "Use this account through a proxy of its owner's. Kept sealed; from the next job on.",
    handle: async ({ user: { userId }, params, body }) => {
      const name = { userId, ...nameOf(params) };
      await proxies.replace(name, body.url);
      return { url: await proxies.shown(name) };
    },
  }),
];

const account = z.object({ platform: platformName, account_id: externalAccountId });

const nameOf = ({ platform, account_id: accountId }: z.output<typeof account>) => ({ platform, accountId });

const shown = z.object({ url: z.string().nullable() });
