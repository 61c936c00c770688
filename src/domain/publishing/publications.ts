import { LockMode } from '@mikro-orm/core';
import { Publication } from '../../entities/publication.ts';
import type { AiDeclaration, LoginReason, PublicationContent, PublicationState } from '../../entities/publication.ts';
import { PublicationEvent } from '../../entities/publication-event.ts';
import { AppError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';
import { newId } from '../../infra/ids.ts';
import { noteChallenge, noteChange } from '../notices/notices.ts';
import { contentDigest } from './content-digest.ts';
import { isFinal, mayFollow, waiting } from './publication.policy.ts';

/** The rows of publications: every change of state is checked against the transitions and leaves an event. */
export function createPublications({ database, now }: { database: Database; now: () => Date }) {
  async function moveWithin(em: Em, publicationId: string, { to, note, ...facts }: Move): Promise<void> {
    const publication = await load(em, publicationId, true);
    const from = publication.state;
    if (from !== to && (isFinal(from) || !mayFollow(from, to)))
      throw new AppError('conflict', `A publication cannot go from ${from} to ${to}.`);
    Object.assign(publication, facts, { state: to });
    if (from === to) return;
    em.create(PublicationEvent, { publicationId, state: to, note, at: now() });
    noteChange(em, publication, now());
  }

  return {
    async add(em: Em, { state, ...row }: NewPublication): Promise<Publication> {
      const publication = em.create(Publication, {
        id: newId('pub'),
        state,
        contentDigest: contentDigest(row.content),
        ...row,
        ...timestamps(now()),
      });
      em.create(PublicationEvent, { publicationId: publication.id, state, note: 'created', at: now() });
      noteChange(em, publication, now());
      await em.flush();
      return publication;
    },

    load: (publicationId: string) => load(database.em.fork(), publicationId),

    /** @throws AppError `not_found` for another user's publication too */
    async own(userId: string, publicationId: string): Promise<Publication> {
      const publication = await database.em.fork().findOne(Publication, { id: publicationId, userId });
      if (!publication) throw new AppError('not_found', 'There is no such publication.', { details: { field: 'id' } });
      return publication;
    },

    history: (publicationId: string) =>
      database.em.fork().find(PublicationEvent, { publicationId }, { orderBy: { id: 'asc' } }),

    /** Moves on; what has ended is for a person to decide. The same move again changes nothing, so that a retried activity may call it twice. */
    async move(publicationId: string, move: Move): Promise<void> {
      await database.em.fork().transactional((em) => moveWithin(em, publicationId, move));
    },

    /** The same in the caller's transaction. */
    moveWithin,

    /** Makes a run the one that follows a waiting row. @returns whether it is; saying so again changes nothing */
    async claimRun(publicationId: string, runId: string): Promise<boolean> {
      const em = database.em.fork();
      const free = { id: publicationId, runStartedAt: null, state: { $in: [...waiting] } };
      if ((await em.nativeUpdate(Publication, free, { runId, runStartedAt: now() })) === 1) return true;
      return (await em.count(Publication, { id: publicationId, runId })) === 1;
    },

    /** Those that were asked for together. @throws AppError `not_found` */
    async ofBatch(userId: string, batchId: string): Promise<Publication[]> {
      const all = await database.em.fork().find(Publication, { userId, batchId }, { orderBy: { id: 'asc' } });
      if (all.length > 0) return all;
      throw new AppError('not_found', 'There is no such batch.', { details: { field: 'id' } });
    },

    /** Those that have waited for a run since before then. */
    withoutRun: (since: Date, limit: number) =>
      database.em
        .fork()
        .find(
          Publication,
          { runStartedAt: null, state: { $in: [...waiting] }, createdAt: { $lt: since } },
          { orderBy: { createdAt: 'asc' }, limit },
        ),

    /** Tells the owner that a person may log in. */
    async tellChallenge(publicationId: string, asked: { reason: LoginReason; expiresAt: Date }): Promise<void> {
      await database.em.fork().transactional(async (em) => {
        noteChallenge(em, await load(em, publicationId), { ...asked, at: now() });
      });
    },

    /** Null for a content that people made. The history tells of each that is new. */
    async keepAiDeclaration(publicationId: string, declaration: AiDeclaration | null): Promise<void> {
      await database.em.fork().transactional(async (em) => {
        const publication = await load(em, publicationId, true);
        if ((publication.aiDeclaration ?? null) === declaration) return;
        publication.aiDeclaration = declaration;
        if (declaration === null) return;
        const note = declarationNotes[declaration];
        em.create(PublicationEvent, { publicationId, state: publication.state, note, at: now() });
      });
    },
  };
}

export type Publications = ReturnType<typeof createPublications>;

export type NewPublication = {
  /** A new one unless told. */
  id?: string;
  userId: string;
  accountId: string;
  platform: string;
  content: PublicationContent;
  scheduledAt: Date | null;
  state: 'draft' | 'scheduled' | 'queued';
  batchId?: string | null;
};

export type Move = { to: PublicationState; note: string } & Partial<
  Pick<
    Publication,
    'platformPostId' | 'platformPostUrl' | 'publishedAt' | 'errorCode' | 'errorMessage' | 'needsLoginReason'
  >
>;

const declarationNotes: Record<AiDeclaration, string> = {
  declared: 'declared as made with AI',
  not_available: 'made with AI, which the platform has no place to declare',
};

const timestamps = (at: Date) => ({ createdAt: at, updatedAt: at });

async function load(em: Em, publicationId: string, forUpdate = false): Promise<Publication> {
  const publication = await em.findOne(
    Publication,
    publicationId,
    forUpdate ? { lockMode: LockMode.PESSIMISTIC_WRITE } : {},
  );
  if (!publication) throw new AppError('not_found', 'There is no such publication.', { details: { field: 'id' } });
  return publication;
}
