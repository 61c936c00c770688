import { z } from 'zod';
import { apiKeyStatuses } from '../../domain/accounts/accounts.ts';
import type { KeyView, KeyWithSecret } from '../../domain/accounts/accounts.ts';
import type { ApiServices } from '../api-services.ts';
import { limitFields, limitsOf, limitsView, shownLimits } from '../limit-fields.ts';
import { route } from '../route.ts';
import { cursor, id, limit, pageOf, shortText, time } from '../schemas.ts';

export const apiKeyRoutes = ({ accounts: { keys } }: Pick<ApiServices, 'accounts'>) => [
  route({
    post: '/api/v1/llm/api-keys',
    allow: 'user',
    tag: 'api keys',
    body: newKey,
    reply: { 201: keyWithSecret },
    summary:
      'Create an API key. The secret is in this answer and nowhere else; an absent limit is no limit of its own.',
    handle: async ({ user, body }) =>
      secretView(
        await keys.create(user.userId, {
          ...limitsOf(body),
          name: body.name,
          expiresInDays: body.expires_in_days,
          allowedModels: body.allowed_models,
          metadata: body.metadata,
        }),
      ),
  }),
  route({
    get: '/api/v1/llm/api-keys',
    allow: 'user',
    tag: 'api keys',
    query: z.object({ limit, cursor }),
    reply: { 200: pageOf(shownKey) },
    summary: 'My API keys, newest first.',
    handle: async ({ user, query }) => {
      const page = await keys.list(user.userId, query);
      return { data: page.keys.map(keyView), next_cursor: page.nextCursor };
    },
  }),
  route({
    get: '/api/v1/llm/api-keys/:id',
    allow: 'user',
    tag: 'api keys',
    params: z.object({ id }),
    reply: { 200: shownKey },
    summary: 'One of my API keys.',
    handle: async ({ user, params }) => keyView(await keys.get(user.userId, params.id)),
  }),
  route({
    patch: '/api/v1/llm/api-keys/:id',
    allow: 'user',
    tag: 'api keys',
    params: z.object({ id }),
    body: keyChanges,
    reply: { 200: shownKey },
    summary:
      'Change an API key, everywhere within a second. What is absent stays; null takes it away. Not a revoked one.',
    handle: async ({ user, params, body }) =>
      keyView(
        await keys.change(user.userId, params.id, {
          ...limitsOf(body),
          name: body.name,
          status: body.status,
          expiresInDays: body.expires_in_days,
          allowedModels: body.allowed_models,
          metadata: body.metadata,
        }),
      ),
  }),
  route({
    post: '/api/v1/llm/api-keys/:id/regenerate',
    allow: 'user',
    tag: 'api keys',
    params: z.object({ id }),
    reply: { 200: keyWithSecret },
    summary: 'A new secret for the same key, shown only here. The old one is refused everywhere within a second.',
    handle: async ({ user, params }) => secretView(await keys.regenerate(user.userId, params.id)),
  }),
  route({
    delete: '/api/v1/llm/api-keys/:id',
    allow: 'user',
    tag: 'api keys',
    params: z.object({ id }),
    reply: { 204: z.void() },
    summary: 'Revoke an API key, everywhere within a second and for good.',
    handle: ({ user, params }) => keys.revoke(user.userId, params.id),
  }),
];

const name = shortText(100);
const expiresInDays = z.int().min(1).max(3650).nullable().describe('days of 24 hours from now');
const allowedModels = z.array(shortText(100)).min(1).max(100).nullable().describe('models or groups; null: all');
/** As large as OpenAI's: https://platform.openai.com/docs/api-reference/metadata */
const metadata = z
  .record(z.string().min(1).max(64), z.string().max(512))
  .refine((entries) => Object.keys(entries).length <= 16, 'has more than 16 entries');

const newKey = z.strictObject({
  name,
  ...limitFields,
  expires_in_days: expiresInDays.default(null),
  allowed_models: allowedModels.default(null),
  metadata: metadata.default({}),
});

const keyChanges = z.strictObject({
  ...limitFields,
  name: name.optional(),
  status: z.enum(['active', 'disabled']).optional(),
  expires_in_days: expiresInDays.optional(),
  allowed_models: allowedModels.optional(),
  metadata: metadata.optional().describe('replaces all of it'),
});

const shownKey = z.object({
  id: z.string(),
  name: z.string(),
  display_prefix: z.string(),
  status: z.enum(apiKeyStatuses),
  allowed_models: z.array(z.string()).nullable(),
  ...shownLimits,
  metadata: z.record(z.string(), z.unknown()),
  expires_at: time.nullable(),
  last_used_at: time.nullable(),
  created_at: time,
});

const keyWithSecret = shownKey.extend({ secret: z.string().describe('`sk-cf-…`; keep it') });

const keyView = (key: KeyView) => ({
  id: key.id,
  name: key.name,
  display_prefix: key.displayPrefix,
  status: key.status,
  allowed_models: key.allowedModels,
  ...limitsView(key),
  metadata: key.metadata,
  expires_at: key.expiresAt,
  last_used_at: key.lastUsedAt,
  created_at: key.createdAt,
});

const secretView = ({ key, secret }: KeyWithSecret) => ({ ...keyView(key), secret });
