import { z } from 'zod';
import { modelTypes } from '../../domain/accounts/accounts.ts';
import type { TierSettings, TierView } from '../../domain/accounts/accounts.ts';
import type { ApiServices } from '../api-services.ts';
import { limitFields, limitsOf, limitsView, shownLimits } from '../limit-fields.ts';
import { route } from '../route.ts';
import { noFilter, shortText } from '../schemas.ts';

export const adminTierRoutes = ({ accounts: { tiers } }: Pick<ApiServices, 'accounts'>) => [
  route({
    get: '/api/v1/admin/tiers',
    allow: 'operator',
    tag: 'admin',
    query: noFilter,
    reply: { 200: z.object({ data: z.array(shownTier) }) },
    summary: 'All tiers, by id.',
    handle: async () => ({ data: (await tiers.list()).map(tierView) }),
  }),
  route({
    post: '/api/v1/admin/tiers',
    allow: 'admin',
    tag: 'admin',
    body: newTier,
    reply: { 201: shownTier },
    summary: 'Create a tier. If it is the default, the former default is one no more.',
    handle: async ({ user, body }) => tierView(await tiers.create({ id: body.id, by: user.userId }, settingsOf(body))),
  }),
  route({
    get: '/api/v1/admin/tiers/:id',
    allow: 'operator',
    tag: 'admin',
    params,
    reply: { 200: shownTier },
    summary: 'One tier.',
    handle: async ({ params: { id } }) => tierView(await tiers.get(id)),
  }),
  route({
    put: '/api/v1/admin/tiers/:id',
    allow: 'admin',
    tag: 'admin',
    params,
    body: tierSettings,
    reply: { 200: shownTier },
    summary: 'Replace a tier, for the keys of its users everywhere within a second. An absent limit is no limit.',
    handle: async ({ user, params: { id }, body }) =>
      tierView(await tiers.replace({ id, by: user.userId }, settingsOf(body))),
  }),
  route({
    delete: '/api/v1/admin/tiers/:id',
    allow: 'admin',
    tag: 'admin',
    params,
    reply: { 204: z.void() },
    summary: 'Delete a tier that has no users and is not the default.',
    handle: ({ user, params: { id } }) => tiers.remove({ id, by: user.userId }),
  }),
];

const tierId = z.string().regex(/^[a-z][a-z0-9_-]{0,49}$/, 'must be lower-case letters, digits, - and _');
const params = z.object({ id: tierId });

const tierSettings = z.strictObject({
  ...limitFields,
  display_name: shortText(100),
  is_default: z.boolean().default(false).describe('whether new accounts start in it'),
  allowed_model_types: z.array(z.enum(modelTypes)).max(modelTypes.length).nullable().default(null),
  blocked_models: z.array(shortText(100)).max(1000).nullable().default(null),
});

const newTier = tierSettings.extend({ id: tierId });

const shownTier = z.object({
  id: z.string(),
  display_name: z.string(),
  is_default: z.boolean(),
  ...shownLimits,
  allowed_model_types: z.array(z.enum(modelTypes)).nullable().describe('null: all'),
  blocked_models: z.array(z.string()).nullable(),
});

const settingsOf = (body: z.output<typeof tierSettings>): TierSettings => ({
  ...limitsOf(body),
  displayName: body.display_name,
  isDefault: body.is_default,
  allowedModelTypes: body.allowed_model_types,
  blockedModels: body.blocked_models,
});

const tierView = (tier: TierView) => ({
  id: tier.id,
  display_name: tier.displayName,
  is_default: tier.isDefault,
  ...limitsView(tier),
  allowed_model_types: tier.allowedModelTypes,
  blocked_models: tier.blockedModels,
});
