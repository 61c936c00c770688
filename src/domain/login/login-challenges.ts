import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { loginReasons } from '../../entities/publication.ts';
import { AppError } from '../../errors.ts';
import type { Keyring } from '../../infra/keyring.ts';

/**
 * What a platform asks a person, from the worker that sees it to the API, and the code on its way back. In Redis alone,
 * sealed, and gone within seconds when the worker that looks at the page has gone.
 */
export function createLoginChallenges({ redis, keyring, now }: ChallengeParts) {
  const put = (key: string, value: object, leaseMs: number) =>
    redis.set(key, keyring.sealText(JSON.stringify(value)), 'PX', leaseMs);

  async function stored(publicationId: string): Promise<Stored> {
    const sealed = await redis.get(keyOf(publicationId));
    if (sealed === null) throw new AppError('login_not_asked', 'No login is waited for.');
    const challenge = storedSchema.parse(JSON.parse(keyring.openText(sealed)));
    const { ended, expires_at: expiresAt } = challenge;
    if (!ended && Date.parse(expiresAt) > now().getTime()) return challenge;
    const message = ended === 'solved' ? 'Somebody has logged in already.' : 'Nobody has logged in in time.';
    throw new AppError('login_ended', message, { details: { outcome: ended ?? 'expired' } });
  }

  return {
    /** Says, or says again, what the page asks. To be called at every look: the offer is a lease. */
    async offer(publicationId: string, challenge: OfferedChallenge): Promise<void> {
      await put(keyOf(publicationId), challenge, LEASE_MS);
    },

    /** Nothing is asked any more, and no code is waited for; how it ended can be read for a while. */
    async end(publicationId: string, { challenge, outcome }: { challenge: OfferedChallenge; outcome: Ended }) {
      await redis.del(codeKeyOf(publicationId));
      await put(keyOf(publicationId), { ...challenge, picture: null, ended: outcome }, REMEMBERED_MS);
    },

    /** @throws AppError `login_not_asked`, `login_ended` */
    async shown(publicationId: string): Promise<OfferedChallenge> {
      const { ended: _, ...challenge } = await stored(publicationId);
      return challenge;
    },

    /**
     * Takes a person's code to the worker that looks at the page.
     * @throws AppError `login_not_asked`, `login_ended`, `conflict` when no code is asked for
     */
    async answer(publicationId: string, code: string): Promise<void> {
      const challenge = await stored(publicationId);
      if (!challenge.accepts_code) throw new AppError('conflict', 'No code is asked for.');
      await put(codeKeyOf(publicationId), { challenge: challenge.id, code }, CODE_MS);
    },

    /** The code that was given to this challenge, once. */
    async takeCode(publicationId: string, challengeId: string): Promise<string | null> {
      const sealed = await redis.getdel(codeKeyOf(publicationId));
      if (sealed === null) return null;
      const { challenge, code } = codeSchema.parse(JSON.parse(keyring.openText(sealed)));
      return challenge === challengeId ? code : null;
    },
  };
}

export type LoginChallenges = ReturnType<typeof createLoginChallenges>;

export type ChallengeParts = { redis: Redis; keyring: Keyring; now: () => Date };

export type Ended = 'solved' | 'expired' | 'left';

export const newChallengeId = (): string => randomUUID();

const keyOf = (publicationId: string) => `login:{${publicationId}}`;
const codeKeyOf = (publicationId: string) => `${keyOf(publicationId)}:code`;

/** As the API shows it: `picture` is a data URL of a PNG. */
export const offeredChallenge = z.object({
  id: z.string(),
  reason: z.enum(loginReasons),
  prompt: z.string().describe('what the person is to do'),
  picture: z.string().nullable().describe('data URL of a PNG, as a QR code; changes when the page changes it'),
  accepts_code: z.boolean(),
  code_refused: z.boolean().describe('the platform refused the last code'),
  expires_at: z.iso.datetime(),
});
export type OfferedChallenge = z.infer<typeof offeredChallenge>;

const storedSchema = offeredChallenge.extend({ ended: z.enum(['solved', 'expired', 'left']).optional() });
type Stored = z.infer<typeof storedSchema>;

const codeSchema = z.object({ challenge: z.string(), code: z.string() });

/** Several looks of the worker. */
const LEASE_MS = 15_000;
const CODE_MS = 30_000;
const REMEMBERED_MS = 600_000;
