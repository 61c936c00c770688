import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { User } from './user.ts';

/**
 * One link of a rotating chain. All tokens that descend from one login share `familyId`; a token used twice means that
 * it was stolen, and ends the whole family. Only the SHA-256 of the token is kept.
 */
export const RefreshToken = defineEntity({
  name: 'RefreshToken',
  tableName: 'refresh_tokens',
  properties: {
    id: p.string().primary(),
    userId: p.manyToOne(User).mapToPk().name('user_id').index(),
    familyId: p.string().index(),
    tokenHash: p.string().unique(),
    usedAt: p.datetime().nullable(),
    revokedAt: p.datetime().nullable(),
    expiresAt: p.datetime(),
    createdAt: p.datetime().onCreate(() => new Date()),
  },
});
export type RefreshToken = InferEntity<typeof RefreshToken>;
