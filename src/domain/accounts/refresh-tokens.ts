import { randomBytes } from 'node:crypto';
import { RefreshToken } from '../../entities/refresh-token.ts';
import { AppError } from '../../errors.ts';
import type { Config } from '../../infra/config.ts';
import type { Em } from '../../infra/database.ts';
import { newId } from '../../infra/ids.ts';
import { secretHash } from './secret-hash.ts';

/** Tokens that are good for one use and then replaced (RFC 9700, section 4.14.2). */
export function createRefreshTokens({ config, now }: { config: Config; now: () => Date }) {
  async function add(em: Em, userId: string, familyId: string): Promise<string> {
    const secret = randomBytes(32).toString('base64url');
    const expiresAt = new Date(now().getTime() + config.REFRESH_TOKEN_SECONDS * 1000);
    await em.insert(RefreshToken, {
      id: newId('rft'),
      userId,
      familyId,
      tokenHash: secretHash(secret),
      expiresAt,
      createdAt: now(),
    });
    return secret;
  }

  return {
    /** The first token of a new family: one login. */
    start: (em: Em, userId: string) => add(em, userId, newId('rft')),

    /**
     * Uses a token up and gives its successor. The family is locked meanwhile, so of two requests with one token
     * exactly one gets a successor, and the other ends the family together with that successor.
     * @throws AppError `unauthenticated`
     */
    async rotate(em: Em, secret: string): Promise<{ userId: string; refreshToken: string }> {
      const turn = await em.transactional(async (tx) => {
        const presented = await tx.findOne(RefreshToken, { tokenHash: secretHash(secret) });
        if (!presented) return { kind: 'unknown' as const };
        await lockFamily(tx, presented.familyId);
        const { userId, familyId, usedAt, revokedAt, expiresAt } = await tx.refreshOrFail(presented);
        if (usedAt) {
          await revokeFamily(tx, familyId);
          return { kind: 'reused' as const };
        }
        if (revokedAt || expiresAt <= now()) return { kind: 'ended' as const };
        await tx.nativeUpdate(RefreshToken, { id: presented.id }, { usedAt: now() });
        return { kind: 'rotated' as const, userId, refreshToken: await add(tx, userId, familyId) };
      });
      if (turn.kind !== 'rotated') throw new AppError('unauthenticated', refusals[turn.kind]);
      return { userId: turn.userId, refreshToken: turn.refreshToken };
    },

    /** Ends the login of a token. One that is unknown or has ended is no error (RFC 7009, section 2.2). */
    async end(em: Em, secret: string): Promise<void> {
      await em.transactional(async (tx) => {
        const presented = await tx.findOne(RefreshToken, { tokenHash: secretHash(secret) });
        if (!presented) return;
        await lockFamily(tx, presented.familyId);
        await revokeFamily(tx, presented.familyId);
      });
    },
  };

  async function revokeFamily(em: Em, familyId: string): Promise<void> {
    await em.nativeUpdate(RefreshToken, { familyId, revokedAt: null }, { revokedAt: now() });
  }
}

async function lockFamily(em: Em, familyId: string): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [familyId]);
}

const refusals = {
  unknown: 'The refresh token is not valid.',
  reused: 'The refresh token was used before; every session of this login has ended.',
  ended: 'The session has ended; log in again.',
} as const;
