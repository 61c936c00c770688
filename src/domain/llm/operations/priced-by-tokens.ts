import type { Deployment } from '../catalog-snapshot.ts';

/**
 * Whether tokens cost anything here. Where a picture, a second or a character is what is paid for, the tokens that a
 * provider happens to report are neither held nor charged: they would be on no bill.
 */
export const pricedByTokens = ({ prices }: Deployment): boolean => prices.inputNanos > 0 || prices.outputNanos > 0;
