import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { User } from './user.ts';

/** A user's numbers of one local day. */
export const Report = defineEntity({
  name: 'Report',
  tableName: 'reports',
  uniques: [{ properties: ['userId', 'day'] }],
  properties: {
    id: p.string().primary(),
    userId: p.manyToOne(User).mapToPk().name('user_id'),
    day: p.string(),
    body: p.json<Record<string, unknown>>(),
    createdAt: p.datetime().onCreate(() => new Date()),
  },
});
export type Report = InferEntity<typeof Report>;
