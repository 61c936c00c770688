import { LockMode } from '@mikro-orm/core';
import { PlatformAccount } from '../../entities/platform-account.ts';
import { Publication } from '../../entities/publication.ts';
import { PublicationEvent } from '../../entities/publication-event.ts';
import { AppError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';
import type { Credentials } from '../credentials/credentials.ts';
import { noteChange } from '../notices/notices.ts';
import { refuseDuplicate } from './duplicates.ts';
import { refuseDisabled } from './new-publications.ts';
import { isFinal, mayFollow } from './publication.policy.ts';
import type { Publications } from './publications.ts';

export type EndParts = {
  database: Database;
  credentials: Credentials;
  publications: Publications;
  now: () => Date;
  duplicateMs: number;
};

/** What a person decides of a publication whose run has ended. Of two at once one wins. */
export function createPublicationEnds({ database, credentials, publications, now, duplicateMs }: EndParts) {
  const since = () => new Date(now().getTime() - duplicateMs);
  return {
    /**
     * Queues a failed or missed one again. Its run is for the caller to start.
     * @throws AppError `not_found`, `conflict` in any other state, `duplicate`, `invalid_request` for a grant that cannot be
     */
    async retry(userId: string, publicationId: string, { grant, force }: RetryOrder): Promise<void> {
      await decided(userId, publicationId, async (em, publication) => {
        const { accountId, content, state, commitStartedAt } = publication;
        if ((state !== 'failed' && state !== 'missed') || commitStartedAt) throw cannot('tried again', state);
        refuseDisabled(await em.findOneOrFail(PlatformAccount, accountId));
        if (!force) await refuseDuplicate(em, { accountId, content, since: since(), except: publicationId });
        const cleared = { scheduledAt: null, runStartedAt: null, runId: null, errorCode: null, errorMessage: null };
        // Never clicked, and not there any more: the next round begins another.
        if (publication.errorCode === 'draft_gone') publication.platformDraftId = null;
        Object.assign(publication, { state: 'queued', ...cleared });
        noted(em, publication, 'tried again');
        await credentials.addGrant(em, { userId, accountId, publicationId, sealed: grant });
      });
    },

    /**
     * Ends one whose run has gone without a word, as when an operator terminated it: nobody clicks for it any more. Of one
     * that has ended nothing changes.
     */
    async abandon(publicationId: string): Promise<void> {
      await database.em.fork().transactional(async (em) => {
        const publication = await locked(em, publicationId);
        if (isFinal(publication.state)) return;
        const message = 'Its run was ended from outside.';
        const wasClicked = publication.commitStartedAt !== null && publication.commitStartedAt !== undefined;
        Object.assign(publication, {
          state: wasClicked ? 'unconfirmed' : 'failed',
          commitRound: publication.commitRound + (wasClicked ? 0 : 1),
          errorCode: 'run_lost',
          errorMessage: message,
        });
        noted(em, publication, message);
      });
    },

    /**
     * Says of an unconfirmed one whether it is on the platform.
     * @throws AppError `not_found`, `conflict` in any other state
     */
    async resolve(userId: string, publicationId: string, verdict: Verdict): Promise<void> {
      await decided(userId, publicationId, async (em, publication) => {
        if (publication.state !== 'unconfirmed') throw cannot('resolved', publication.state);
        if (verdict.published) {
          const { postId: platformPostId, url: platformPostUrl } = verdict;
          const facts = { platformPostId, platformPostUrl, publishedAt: publication.commitStartedAt ?? now() };
          Object.assign(publication, { state: 'published', errorCode: null, errorMessage: null, ...facts });
          noted(em, publication, 'its owner has found it on the platform');
        } else {
          // Nobody clicks in the round that is over; the next try begins another.
          const round = { commitRound: publication.commitRound + 1, commitStartedAt: null, platformDraftId: null };
          Object.assign(publication, { state: 'failed', ...round });
          noted(em, publication, 'its owner says that the platform does not have it');
        }
      });
    },
  };

  async function decided(userId: string, id: string, decide: (em: Em, row: Publication) => Promise<void>) {
    await publications.own(userId, id);
    await database.em.fork().transactional(async (em) => {
      const publication = await locked(em, id);
      const from = publication.state;
      await decide(em, publication);
      if (!mayFollow(from, publication.state)) throw new Error(`${from} must not become ${publication.state}`);
    });
  }

  function noted(em: Em, publication: Publication, note: string): void {
    const { id: publicationId, state } = publication;
    em.create(PublicationEvent, { publicationId, state, note, at: now() });
    noteChange(em, publication, now());
  }
}

export type RetryOrder = { grant: unknown; force: boolean };

export type Verdict = { published: true; postId: string | null; url: string | null } | { published: false };

const cannot = (what: string, state: string) =>
  new AppError('conflict', `A publication that is ${state} cannot be ${what}.`, { details: { status: state } });

const locked = (em: Em, id: string) => em.findOneOrFail(Publication, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
