import { expect } from '@jest/globals';

/** A refusal of the request comes in the provider's words; what a provider says of its own state, or of ours there, does not. */
export const toldOf = (status: number) =>
  status === 400 ? expect.stringContaining('refused with 400') : expect.not.stringContaining('refused with');
