import { Publication } from '../../entities/publication.ts';
import { PublicationEvidence } from '../../entities/publication-evidence.ts';
import type { EvidenceKind, EvidencePhase } from '../../entities/publication-evidence.ts';
import { AppError } from '../../errors.ts';
import type { Database } from '../../infra/database.ts';
import type { MediaStore } from '../media/media.ts';

export type EvidenceOptions = { database: Database; media: MediaStore; now: () => Date; days: number };

export type NewEvidence = {
  userId: string;
  publicationId: string;
  kind: EvidenceKind;
  phase: EvidencePhase;
  /** When it was seen. */
  at: Date;
  bytes: Uint8Array;
  contentType: string;
};

/** `url` is good for an hour. */
export type ShownEvidence = Pick<PublicationEvidence, 'kind' | 'phase' | 'at' | 'expiresAt'> & { url: string };

/** What publications' browsers saw and did: kept for some days, shown by links. */
export function createPublicationEvidence({ database, media, now, days }: EvidenceOptions) {
  async function of({ id, userId }: { id: string; userId: string }): Promise<ShownEvidence[]> {
    const where = { publicationId: id, expiresAt: { $gt: now() } };
    const rows = await database.em.fork().find(PublicationEvidence, where, { orderBy: { at: 'asc', mediaId: 'asc' } });
    return Promise.all(
      rows.map(async ({ mediaId, kind, phase, at, expiresAt }) => {
        return { kind, phase, at, expiresAt, url: await media.link(userId, mediaId, LINK_SECONDS) };
      }),
    );
  }

  return {
    async keep({ userId, publicationId, kind, phase, at, bytes, contentType }: NewEvidence): Promise<void> {
      const { id: mediaId } = await media.store({ userId, kind: 'evidence', bytes, contentType });
      const expiresAt = new Date(at.getTime() + days * DAY_MS);
      await database.em.fork().insert(PublicationEvidence, { mediaId, publicationId, kind, phase, at, expiresAt });
    },

    /** In the order in which it was seen. */
    of,

    /** For those of us who look into a run. @throws AppError `not_found` */
    async ofAnyone(publicationId: string): Promise<ShownEvidence[]> {
      const publication = await database.em.fork().findOne(Publication, { id: publicationId });
      if (!publication) throw new AppError('not_found', 'There is no such publication.', { details: { field: 'id' } });
      return of(publication);
    },

    /** Deletes what has expired, objects first. @returns how much there was; more may be left when it is `limit` */
    async sweep(limit: number): Promise<number> {
      const where = { expiresAt: { $lte: now() } };
      const rows = await database.em.fork().find(PublicationEvidence, where, { orderBy: { expiresAt: 'asc' }, limit });
      for (const { mediaId } of rows) await media.remove(mediaId);
      return rows.length;
    },
  };
}

const LINK_SECONDS = 3_600;
const DAY_MS = 86_400_000;
