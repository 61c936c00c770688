import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { Publication } from './publication.ts';

/** A post's numbers as the platform showed them at one moment, once per collection run. */
export const PostMetric = defineEntity({
  name: 'PostMetric',
  tableName: 'post_metrics',
  uniques: [{ properties: ['publicationId', 'collectionId'] }],
  indexes: [{ properties: ['publicationId', 'collectedAt'] }],
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    publicationId: p.manyToOne(Publication).mapToPk().name('publication_id'),
    collectionId: p.string(),
    views: p.integer(),
    comments: p.integer(),
    collectedAt: p.datetime(),
  },
});
export type PostMetric = InferEntity<typeof PostMetric>;
