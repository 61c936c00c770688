import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { LoginReason } from '../../entities/publication.ts';
import type { Logger } from '../../infra/logger.ts';
import type { LoginChallenge, PlatformLogin } from '../platforms/index.ts';
import { newChallengeId } from './login-challenges.ts';
import type { Ended, LoginChallenges, OfferedChallenge } from './login-challenges.ts';

export type HandOff = {
  page: Page;
  login: PlatformLogin;
  publicationId: string;
  challenges: LoginChallenges;
  /** Called when something else is asked than before; not when only a picture has changed. */
  onAsked: (asked: Asked) => Promise<void>;
  expiresAt: Date;
  signal: AbortSignal;
  logger: Logger;
  lookEveryMs?: number;
};

export type Asked = { reason: LoginReason; expiresAt: Date };

/**
 * Shows a person what the page asks and types the code that comes back, until the page is past its login. A person solves
 * it: here nothing is guessed, read or recognised.
 * @throws the signal's reason when it aborts
 */
export async function handOff(options: HandOff): Promise<'solved' | 'expired'> {
  const { page, login, expiresAt, signal, lookEveryMs = LOOK_EVERY_MS } = options;
  const offer = openOffer(options);
  let outcome: Ended = 'left';
  try {
    while (Date.now() < expiresAt.getTime()) {
      signal.throwIfAborted();
      if (await login.isSolved(page)) {
        outcome = 'solved';
        return outcome;
      }
      await offer.look(await login.challenge(page));
      await offer.typeCode();
      await delay(lookEveryMs, undefined, { signal });
    }
    outcome = 'expired';
    return outcome;
  } finally {
    await offer.end(outcome);
  }
}

/** What is asked of the person now. That Redis does not hear of it must not end the wait: the next look tells it again. */
function openOffer({ page, login, publicationId, challenges, onAsked, expiresAt, logger }: HandOff) {
  let offered: OfferedChallenge | null = null;
  const tried = (work: Promise<unknown>) =>
    work.catch((error: unknown) => logger.warn({ err: error, publicationId }, 'the login was not offered'));

  return {
    async look(challenge: LoginChallenge | null): Promise<void> {
      if (!challenge) return;
      const { reason, prompt, acceptsCode, picture: where } = challenge;
      const picture = where ? await pictureOf(where) : null;
      const isNew = offered?.reason !== reason || offered.prompt !== prompt;
      const { id, code_refused } = offered && !isNew ? offered : { id: newChallengeId(), code_refused: false };
      const expires_at = expiresAt.toISOString();
      const next = { id, reason, prompt, picture, accepts_code: acceptsCode, code_refused, expires_at };
      offered = next;
      await tried(challenges.offer(publicationId, next));
      if (isNew) await tried(onAsked({ reason, expiresAt }));
    },

    async typeCode(): Promise<void> {
      if (!offered?.accepts_code || !login.answer) return;
      const code = await challenges.takeCode(publicationId, offered.id).catch(() => null);
      if (code === null) return;
      const verdict = await login.answer(page, code);
      offered = { ...offered, code_refused: verdict === 'refused' };
    },

    async end(outcome: Ended): Promise<void> {
      if (offered) await tried(challenges.end(publicationId, { challenge: offered, outcome }));
    },
  };
}

/** A picture that is just being exchanged is seen at the next look. */
async function pictureOf(where: NonNullable<LoginChallenge['picture']>): Promise<string | null> {
  const png = await where.screenshot({ type: 'png', timeout: PICTURE_MS }).catch(() => null);
  return png && `data:image/png;base64,${png.toString('base64')}`;
}

const LOOK_EVERY_MS = 1_000;
const PICTURE_MS = 3_000;
