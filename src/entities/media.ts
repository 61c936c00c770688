import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { User } from './user.ts';

export const mediaKinds = ['cover', 'evidence', 'upload'] as const;
export type MediaKind = (typeof mediaKinds)[number];

/** An object in the bucket and whose it is. */
export const Media = defineEntity({
  name: 'Media',
  tableName: 'media',
  properties: {
    id: p.string().primary(),
    userId: p.manyToOne(User).mapToPk().name('user_id').index(),
    kind: p.enum(mediaKinds),
    objectKey: p.string().unique(),
    contentType: p.string(),
    byteCount: p.integer(),
    createdAt: p.datetime().onCreate(() => new Date()),
  },
});
export type Media = InferEntity<typeof Media>;
