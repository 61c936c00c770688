import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { Publication } from './publication.ts';
import type { PublicationContent } from './publication.ts';

/** A change that waits for the publication's run to take it, or to refuse it because the post is on its way. */
export const PublicationEdit = defineEntity({
  name: 'PublicationEdit',
  tableName: 'publication_edits',
  properties: {
    id: p.string().primary(),
    publicationId: p.manyToOne(Publication).mapToPk().name('publication_id').deleteRule('cascade'),
    content: p.json<PublicationContent>().nullable(),
    /** Its new time; as a posting slot it is taken from now on. */
    scheduledAt: p.datetime().nullable(),
    /** Kept with the change, so that a refused one leaves none. */
    grant: p.json<Record<string, unknown>>().nullable(),
    createdAt: p.datetime(),
  },
});
export type PublicationEdit = InferEntity<typeof PublicationEdit>;
