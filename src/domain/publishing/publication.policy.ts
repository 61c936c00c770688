import type { PublicationState } from '../../entities/publication.ts';

/** Which state may follow which. Nothing else in the product decides this. */
export const transitions: Readonly<Record<PublicationState, readonly PublicationState[]>> = {
  draft: ['scheduled', 'queued', 'cancelled'],
  scheduled: ['queued', 'cancelled', 'failed'],
  queued: ['publishing', 'needs_login', 'failed', 'cancelled'],
  publishing: ['settling', 'published', 'needs_login', 'failed', 'cancelled'],
  settling: ['publishing', 'published', 'failed', 'unconfirmed'],
  needs_login: ['queued', 'failed', 'cancelled'],
  published: [],
  failed: [],
  unconfirmed: [],
  cancelled: [],
};

export const mayFollow = (from: PublicationState, to: PublicationState) => transitions[from].includes(to);

export const isFinal = (state: PublicationState) => transitions[state].length === 0;
