/** Logins that a person finishes in our browser. See docs/adr/0015-login-hand-off.md. */
export { handOff } from './hand-off.ts';
export type { Asked, HandOff } from './hand-off.ts';
export { createLoginChallenges, offeredChallenge } from './login-challenges.ts';
export type { LoginChallenges, OfferedChallenge } from './login-challenges.ts';
export { loginReasonOf, mayBeHandedOff } from './login-reason.policy.ts';
