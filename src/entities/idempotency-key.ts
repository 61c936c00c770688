import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { User } from './user.ts';

/** A client's promise that two requests are one. Written in the transaction that creates `resourceId`. */
export const IdempotencyKey = defineEntity({
  name: 'IdempotencyKey',
  tableName: 'idempotency_keys',
  uniques: [{ properties: ['userId', 'operation', 'key'] }],
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    userId: p.manyToOne(User).mapToPk().name('user_id'),
    operation: p.string(),
    key: p.string(),
    bodyHash: p.string(),
    resourceId: p.string(),
    createdAt: p.datetime().onCreate(() => new Date()),
  },
});
export type IdempotencyKey = InferEntity<typeof IdempotencyKey>;
