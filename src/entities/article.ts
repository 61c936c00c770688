import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { Media } from './media.ts';
import { User } from './user.ts';

export const articleStages = [
  'queued',
  'outline',
  'draft',
  'review',
  'illustrate',
  'ready',
  'failed',
  'cancelled',
] as const;
export type ArticleStage = (typeof articleStages)[number];

export type Outline = { title: string; sections: { heading: string; point: string }[] };

/** An article in the making or made; its id is also the task's id. Text is Markdown. */
export const Article = defineEntity({
  name: 'Article',
  tableName: 'articles',
  indexes: [{ properties: ['userId', 'createdAt'] }],
  properties: {
    id: p.string().primary(),
    userId: p.manyToOne(User).mapToPk().name('user_id'),
    stage: p.enum(articleStages).default('queued'),
    topic: p.text(),
    style: p.string().nullable(),
    keywords: p.json<string[]>(),
    modelName: p.string(),
    outline: p.json<Outline>().nullable(),
    title: p.text().nullable(),
    markdown: p.text().nullable(),
    summary: p.text().nullable(),
    tags: p.json<string[]>(),
    reviewNotes: p.text().nullable(),
    coverMediaId: p.manyToOne(Media).mapToPk().name('cover_media_id').nullable(),
    errorCode: p.string().nullable(),
    errorMessage: p.text().nullable(),
    createdAt: p.datetime().onCreate(() => new Date()),
    finishedAt: p.datetime().nullable(),
  },
});
export type Article = InferEntity<typeof Article>;
