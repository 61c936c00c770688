import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { User } from './user.ts';

/** What one of us changed. `details` holds the request without secrets. */
export const AdminAction = defineEntity({
  name: 'AdminAction',
  tableName: 'admin_actions',
  indexes: [{ properties: ['createdAt'] }],
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    userId: p.manyToOne(User).mapToPk().name('user_id'),
    action: p.string(),
    target: p.string(),
    details: p.json<Record<string, unknown>>(),
    createdAt: p.datetime(),
  },
});
export type AdminAction = InferEntity<typeof AdminAction>;
