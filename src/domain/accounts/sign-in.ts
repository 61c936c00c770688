import { UniqueConstraintViolationException } from '@mikro-orm/core';
import { Tier } from '../../entities/tier.ts';
import { User } from '../../entities/user.ts';
import { AppError } from '../../errors.ts';
import type { Config } from '../../infra/config.ts';
import type { Em } from '../../infra/database.ts';
import { newId } from '../../infra/ids.ts';
import { lockedByUs } from './account-lock.ts';
import { passwordMatches } from './passwords.ts';

export type Registration = { email: string; password: string };

/** Who somebody is, by e-mail and password. */
export function createSignIn({ config, now }: { config: Config; now: () => Date }) {
  return {
    /** @throws AppError `conflict` when the address has an account */
    async register(em: Em, { email, passwordHash }: { email: string; passwordHash: string }): Promise<User> {
      const tier = await em.findOneOrFail(Tier, { isDefault: true });
      const user = em.create(User, {
        id: newId('usr'),
        email: email.toLowerCase(),
        passwordHash,
        tierId: tier.id,
        createdAt: now(),
      });
      await em
        .persist(user)
        .flush()
        .catch((cause: unknown) => {
          if (!(cause instanceof UniqueConstraintViolationException)) throw cause;
          throw new AppError('conflict', 'email: there is an account with this address.', { cause });
        });
      return user;
    },

    /**
     * Failures and successes are counted by single statements, in the order in which their checks end. So a right guess
     * among many sent at once is accepted only if fewer failures than the limit came before it.
     * @throws AppError `unauthenticated`, the same for a wrong password and an unknown address
     * @throws AppError `account_locked`, with `retry_after_seconds` when it opens by itself
     */
    async login(em: Em, { email, password }: Registration): Promise<User> {
      const user = await em.findOne(User, { email: email.toLowerCase() });
      if (user) refuseLocked(user.lockedUntil, now());
      const matches = await passwordMatches(user?.passwordHash, password);
      if (!user || !matches) {
        if (user) await countFailure(em, user.id);
        throw new AppError('unauthenticated', 'The e-mail address or the password is wrong.');
      }
      const open = { id: user.id, $or: [{ lockedUntil: null }, { lockedUntil: { $lte: now() } }] };
      const accepted = await em.nativeUpdate(User, open, { failedLogins: 0, lockedUntil: null });
      if (accepted === 0) refuseLocked(new Date(now().getTime() + config.LOCK_SECONDS * 1000), now());
      return user;
    },
  };

  async function countFailure(em: Em, userId: string): Promise<void> {
    const lockedUntil = new Date(now().getTime() + config.LOCK_SECONDS * 1000);
    await em.execute(
      `update users set
         failed_logins = case when locked_until <= ? then 1 else failed_logins + 1 end,
         locked_until = case
           when locked_until > ? then locked_until
           when (case when locked_until <= ? then 0 else failed_logins end) + 1 >= ? then ?::timestamptz
         end
       where id = ?`,
      [now(), now(), now(), config.LOCK_AFTER_FAILURES, lockedUntil, userId],
    );
  }
}

/** @throws AppError `account_locked` */
export function refuseLocked(lockedUntil: Date | null | undefined, at: Date): void {
  if (!lockedUntil || lockedUntil <= at) return;
  if (lockedByUs({ lockedUntil })) throw new AppError('account_locked', 'This account is locked by an operator.');
  const seconds = Math.ceil((lockedUntil.getTime() - at.getTime()) / 1000);
  throw new AppError('account_locked', 'Too many failed logins; the account is locked for a while.', {
    details: { retry_after_seconds: seconds },
  });
}
