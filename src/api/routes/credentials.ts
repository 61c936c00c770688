import { z } from 'zod';
import { envelopeSchema, sealedGrantSchema } from '../../domain/credentials/credentials.ts';
import { externalAccountId, platformName } from '../../domain/credentials/envelope-schema.ts';
import type { ApiServices } from '../api-services.ts';
import { accountHealth } from '../pace.ts';
import { route } from '../route.ts';
import { id, shortText } from '../schemas.ts';
import type { Work } from '../../work/work.ts';

type Parts = Pick<ApiServices, 'credentials' | 'publishing'> & { work: Work };

export const credentialRoutes = ({ credentials, publishing, work }: Parts) => [
  route({
    post: '/api/v1/credential/upload',
    allow: 'user',
    tag: 'credentials',
    body: upload,
    reply: { 200: z.object({ platform: z.string(), account_id: z.string(), version: z.int() }) },
    summary: "Store an account's login state, encrypted twice by the client. The server cannot read it.",
    handle: async ({ user: { userId }, body }) => {
      const { platform, account_id: accountId } = body;
      const { version, waiting } = await publishing.connectAccount({
        userId,
        platform,
        accountId,
        envelope: body.envelope,
        siteUrl: body.site_url,
        deviceId: body.device_id,
        expectedVersion: body.expected_version,
        analyticsGrant: body.analytics_grant,
        publicationGrants: body.publication_grants.map((one) => ({
          publicationId: one.publication_id,
          sealed: one.grant,
        })),
      });
      await work.loginRenewed(waiting);
      return { platform, account_id: accountId, version };
    },
  }),
  route({
    get: '/api/v1/credential/accounts',
    allow: 'user',
    tag: 'credentials',
    reply: { 200: z.object({ data: z.array(account) }) },
    summary: 'My accounts, and whether each can publish or needs a new login.',
    handle: async ({ user }) => ({ data: await credentials.accounts(user.userId) }),
  }),
  route({
    get: '/api/v1/credential/download/:platform/:account_id',
    allow: 'user',
    tag: 'credentials',
    params: z.object({ platform: platformName, account_id: externalAccountId }),
    reply: { 200: account.extend({ envelope: envelopeSchema }) },
    summary: 'The encrypted login state, for another device of mine.',
    handle: ({ user, params }) => credentials.download(user.userId, params.platform, params.account_id),
  }),
  route({
    get: '/api/v1/credential/worker-key',
    allow: 'user',
    tag: 'credentials',
    reply: { 200: z.object({ key_id: z.string(), public_key: z.string(), algorithm: z.string() }) },
    summary: 'The public key of the browser workers, to which grants are sealed (RFC 9180).',
    handle: () => credentials.workerKey(),
  }),
];

const upload = z.strictObject({
  platform: platformName,
  account_id: externalAccountId,
  site_url: z.string().max(2000).optional().describe('for platforms that everybody hosts, as WordPress'),
  envelope: envelopeSchema,
  device_id: shortText(100),
  expected_version: z.int().min(0).max(2_147_483_647).optional().describe('refused with 409 when another is stored'),
  analytics_grant: sealedGrantSchema.optional().describe('lets the numbers of this account be collected'),
  publication_grants: z
    .array(z.strictObject({ publication_id: id, grant: sealedGrantSchema }))
    .max(100)
    .default([])
    .describe('new grants for publications that wait for a login; they go on at once'),
});

const account = accountHealth.extend({
  platform: z.string(),
  account_id: z.string(),
  site_url: z.string().nullable(),
  version: z.int(),
  synced_at: z.string(),
  device: z.string(),
});
