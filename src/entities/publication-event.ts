import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { Publication, publicationStates } from './publication.ts';

/** What happened to a publication and when: its history, in the order in which it is shown. */
export const PublicationEvent = defineEntity({
  name: 'PublicationEvent',
  tableName: 'publication_events',
  indexes: [{ properties: ['publicationId', 'id'] }],
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    publicationId: p.manyToOne(Publication).mapToPk().name('publication_id'),
    state: p.enum(publicationStates),
    note: p.text(),
    at: p.datetime().onCreate(() => new Date()),
  },
});
export type PublicationEvent = InferEntity<typeof PublicationEvent>;
