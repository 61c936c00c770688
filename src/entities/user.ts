import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { Tier } from './tier.ts';

export const roles = ['user', 'operator', 'admin'] as const;
export type Role = (typeof roles)[number];

/** A person with the desktop app, or one of us. `passwordHash` is argon2id. */
export const User = defineEntity({
  name: 'User',
  tableName: 'users',
  properties: {
    id: p.string().primary(),
    email: p.string().unique(),
    passwordHash: p.text().hidden(),
    role: p.enum(roles).default('user'),
    tierId: p.manyToOne(Tier).mapToPk().name('tier_id'),
    failedLogins: p.integer().default(0),
    lockedUntil: p.datetime().nullable(),
    createdAt: p.datetime().onCreate(() => new Date()),
  },
});
export type User = InferEntity<typeof User>;
