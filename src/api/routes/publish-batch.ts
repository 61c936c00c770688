import { z } from 'zod';
import { sealedGrantSchema } from '../../domain/credentials/credentials.ts';
import { externalAccountId, platformName } from '../../domain/credentials/envelope-schema.ts';
import { publicationContent } from '../../domain/publishing/publication-content.ts';
import { isFinal } from '../../domain/publishing/publishing.ts';
import type { Target } from '../../domain/publishing/publishing.ts';
import type { ApiServices } from '../api-services.ts';
import { grantGiven, legacySecrets } from '../grant-given.ts';
import { route } from '../route.ts';
import { id, timeWanted, wantedTime } from '../schemas.ts';
import { publication } from './publications.ts';
import type { Work } from '../../work/work.ts';

type Parts = Pick<ApiServices, 'publishing' | 'credentials'> & { work: Work };

/** One content to many accounts. Each is a publication of its own: what becomes of one is nothing to another. */
export const publishBatchRoutes = ({ publishing, credentials, work }: Parts) => {
  const { publications } = publishing;

  async function shown(userId: string, batchId: string) {
    const all = await publications.ofBatch(userId, batchId);
    const counts = Object.groupBy(all, ({ state }) => state);
    return {
      batch_id: batchId,
      final: all.every(({ state }) => isFinal(state)),
      counts: Object.fromEntries(Object.entries(counts).map(([state, those]) => [state, those.length])),
      data: all.map((one) => publishing.shown(one)),
    };
  }

  return [
    route({
      post: '/api/v1/publish/batch',
      allow: 'user',
      tag: 'publishing',
      idempotent: true,
      body: batch,
      reply: { 202: batchStatus },
      summary: 'Publish to many accounts, all or none: a 422 names everything that is wrong with any of them.',
      respond: async ({ user: { userId }, body, idempotencyKey }) => {
        const targets = await grantedTargets({ credentials }, userId, body);
        const batchId = await publishing.createBatch({ userId, idempotencyKey, targets });
        for (const one of await publications.ofBatch(userId, batchId)) await work.begin(one);
        const location = `/api/v1/publish/batch/${batchId}`;
        return { status: 202, headers: { location }, body: await shown(userId, batchId) };
      },
    }),
    route({
      get: '/api/v1/publish/batch/:id',
      allow: 'user',
      tag: 'publishing',
      params: z.object({ id }),
      reply: { 200: batchStatus },
      summary: 'What became of each publication of a batch.',
      handle: ({ user, params }) => shown(user.userId, params.id),
    }),
  ];
};

const variant = z
  .strictObject({
    title: publicationContent.shape.title.optional(),
    markdown: publicationContent.shape.markdown.optional(),
    tags: publicationContent.shape.tags.unwrap().optional(),
    cover_media_id: publicationContent.shape.cover_media_id.unwrap().optional(),
    ai_generated: z.boolean().optional(),
  })
  .describe('what this account gets instead');

const batch = z.strictObject({
  content: publicationContent,
  scheduled_at: wantedTime.optional(),
  force: z.boolean().default(false),
  ...legacySecrets,
  targets: z
    .array(
      z.strictObject({
        platform: platformName,
        account_id: externalAccountId,
        grant: sealedGrantSchema.optional(),
        content: variant.optional(),
        scheduled_at: wantedTime.optional().describe('instead of that of all'),
      }),
    )
    .min(1)
    .max(50),
});

/** The two secrets of clients of old are the user's, and so are for every target that has no grant. */
async function grantedTargets(parts: Pick<ApiServices, 'credentials'>, userId: string, body: z.output<typeof batch>) {
  const { content, scheduled_at: ofAll, force, targets, sync_key, user_password } = body;
  const made: Target[] = [];
  for (const [number, target] of targets.entries()) {
    const { platform, account_id: accountId, grant, content: own = {}, scheduled_at: at = ofAll } = target;
    const wanted = { userId, platform, accountId, scheduledAt: at === undefined ? null : timeWanted(at) };
    const given = grant ? { grant } : { sync_key, user_password };
    const granted = await grantGiven(parts, given, { ...wanted, within: `targets.${number}.` });
    const { userId: _, ...account } = wanted;
    made.push({ ...account, ...granted, force, content: publicationContent.parse({ ...content, ...own }) });
  }
  return made;
}

const batchStatus = z.object({
  batch_id: z.string(),
  final: z.boolean().describe('whether nothing happens any more'),
  counts: z.record(z.string(), z.int()).describe('how many are in each state'),
  data: z.array(publication),
});
