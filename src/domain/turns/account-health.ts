import { LockMode } from '@mikro-orm/core';
import { Credential } from '../../entities/credential.ts';
import { PlatformAccount } from '../../entities/platform-account.ts';
import type { AccountHealth, OwnPace } from '../../entities/platform-account.ts';
import { AppError, fieldError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';
import { note } from '../notices/notices.ts';
import { descriptionOf } from '../platforms/index.ts';
import type { Pace } from '../platforms/index.ts';
import { coolDown } from './cool-down.policy.ts';
import { slower } from './turn.policy.ts';

/** How an account is at a moment: a cool-down is over when its time is. */
export function healthOf({ health, healthUntil, healthReason }: StoredHealth, now: Date): Health {
  if (health !== 'cooling_down') return { health, until: null, reason: null };
  if (!healthUntil || healthUntil <= now) return { health: 'active', until: null, reason: null };
  return { health, until: healthUntil, reason: healthReason ?? null };
}

export type Health = { health: AccountHealth; until: Date | null; reason: string | null };
type StoredHealth = Pick<PlatformAccount, 'health' | 'healthUntil' | 'healthReason'>;

/** What owners decide about an account, and what a platform's suspicion does to it. */
export function createAccountHealth({ database, now }: { database: Database; now: () => Date }) {
  return {
    /** @throws AppError `not_found`, for another user's account too; so do the others of an owner */
    pace: (owner: AccountOfOwner): Promise<PaceView> => own(owner, async (_em, account) => viewOf(account)),

    /** @throws AppError `unprocessable` naming the field that is faster than the platform allows */
    setPace: (owner: AccountOfOwner, pace: OwnPace): Promise<PaceView & { account: Owned }> =>
      own(owner, async (_em, account) => {
        refuseFaster(descriptionOf(account.platform).pace, pace);
        account.pace = pace;
        return { ...viewOf(account), account: owned(account) };
      }),

    /** New publications are refused from now on; those that are planned wait. */
    disable: (owner: AccountOfOwner): Promise<Owned> =>
      own(owner, async (_em, account) => {
        account.health = 'disabled';
        return owned(account);
      }),

    /** A cool-down that is not over goes on, and without credentials it needs a login. */
    enable: (owner: AccountOfOwner): Promise<Owned> =>
      own(owner, async (em, account) => {
        if (account.health === 'disabled') account.health = await healthAfter(em, account);
        return owned(account);
      }),

    /** Lets the account rest, and tells its owner. One that rests already is left alone. @returns until when */
    coolDown: (accountId: string, signal: string): Promise<Date> =>
      database.em.fork().transactional(async (em) => {
        const account = await em.findOneOrFail(PlatformAccount, accountId, { lockMode: LockMode.PESSIMISTIC_WRITE });
        const { healthUntil } = account;
        if (healthUntil && healthUntil > now()) return healthUntil;
        const past = {
          nowMs: now().getTime(),
          lastEndMs: healthUntil?.getTime() ?? null,
          inARow: account.coolDowns,
        };
        const { untilMs, inARow } = coolDown(past, descriptionOf(account.platform).risk);
        const until = new Date(untilMs);
        Object.assign(account, { healthUntil: until, healthReason: signal, coolDowns: inARow });
        if (account.health === 'active') account.health = 'cooling_down';
        noteCoolDown(em, account, { until, at: now() });
        return until;
      }),
  };

  /** One transaction under a lock of the account's row. */
  function own<T>(owner: AccountOfOwner, act: (em: Em, account: PlatformAccount) => Promise<T>): Promise<T> {
    return database.em.fork().transactional(async (em) => {
      const { userId, platform, accountId: externalId } = owner;
      const lock = { lockMode: LockMode.PESSIMISTIC_WRITE };
      const account = await em.findOne(PlatformAccount, { userId, platform, externalId }, lock);
      if (account) return act(em, account);
      throw new AppError('not_found', 'There is no such account on this platform.', {
        details: { field: 'account_id' },
      });
    });
  }

  async function healthAfter(em: Em, { id: accountId, healthUntil }: PlatformAccount): Promise<AccountHealth> {
    if ((await em.count(Credential, { accountId })) === 0) return 'needs_login';
    return healthUntil && healthUntil > now() ? 'cooling_down' : 'active';
  }

  function owned(account: PlatformAccount): Owned {
    const { id: accountId, userId, platform } = account;
    return { accountId, userId, platform, ...healthOf(account, now()) };
  }
}

export type AccountOfOwner = {
  userId: string;
  platform: string;
  /** The client's name for the account. */
  accountId: string;
};

/** With the id of the account's row. */
export type Owned = { accountId: string; userId: string; platform: string } & Health;

/** What the platform asks for, what the owner wants, and what comes of both. */
export type PaceView = { platform: Pace; own: OwnPace | null; effective: Pace };

function viewOf(account: PlatformAccount): PaceView {
  const { pace: platform } = descriptionOf(account.platform);
  const own = account.pace ?? null;
  return { platform, own, effective: slower(platform, own) };
}

function refuseFaster(platform: Pace, own: OwnPace): void {
  if (own.minGapMs < platform.minGapMs) throw tooFast('min_gap_seconds', platform.minGapMs);
  if (own.jitterMs < platform.jitterMs) throw tooFast('jitter_seconds', platform.jitterMs);
  const most = platform.perDay;
  if (most !== null && (own.perDay === null || own.perDay > most))
    throw fieldError('unprocessable', 'per_day', `is more than the ${most} that the platform allows`);
}

const tooFast = (field: string, leastMs: number) =>
  fieldError('unprocessable', field, `is less than the ${leastMs / 1000} s that the platform asks for`);

function noteCoolDown(em: Em, account: PlatformAccount, { until, at }: { until: Date; at: Date }): void {
  const { id, userId, platform, externalId, healthReason } = account;
  const payload = {
    account_id: id,
    platform,
    title: `${platform}: ${externalId}`,
    until: until.toISOString(),
    code: healthReason ?? null,
  };
  note(em, { userId, kind: 'account.cooling_down', subjectId: id, payload, at });
}
