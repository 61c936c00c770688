import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { Media } from './media.ts';
import { Publication } from './publication.ts';

/** `before` and `after` the click, and of a failure its picture; the page; the requests that change something; the calls. */
export const evidenceKinds = ['before', 'after', 'failure', 'html', 'requests', 'trace'] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];

export const evidencePhases = ['prepare', 'commit', 'settle'] as const;
export type EvidencePhase = (typeof evidencePhases)[number];

/** What a publication's browser saw and did, as an object in the bucket that goes when it expires. */
export const PublicationEvidence = defineEntity({
  name: 'PublicationEvidence',
  tableName: 'publication_evidence',
  indexes: [{ properties: ['publicationId', 'at'] }],
  properties: {
    mediaId: p.oneToOne(Media).mapToPk().name('media_id').primary().deleteRule('cascade'),
    publicationId: p.manyToOne(Publication).mapToPk().name('publication_id').deleteRule('cascade'),
    kind: p.enum(evidenceKinds),
    /** Null for what was kept before phases were. */
    phase: p.enum(evidencePhases).nullable(),
    at: p.datetime(),
    expiresAt: p.datetime().index(),
  },
});
export type PublicationEvidence = InferEntity<typeof PublicationEvidence>;
