import type { User } from '../../entities/user.ts';

/**
 * Two locks share a column. Failed logins lock the log-in for minutes, and nothing else: whoever guesses passwords must
 * not stop the owner's API keys. One of us locks the whole account, until one of us opens it.
 */
export const lockedByUs = ({ lockedUntil }: Pick<User, 'lockedUntil'>) =>
  lockedUntil !== null && lockedUntil !== undefined && lockedUntil >= UNTIL_WE_OPEN_IT;

export const UNTIL_WE_OPEN_IT = new Date('9999-01-01T00:00:00Z');
