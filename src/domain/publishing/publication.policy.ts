import type { PublicationState } from '../../entities/publication.ts';

/** Which state may follow which. Nothing else in the product decides this. */
export const transitions: Readonly<Record<PublicationState, readonly PublicationState[]>> = {
  draft: ['scheduled', 'queued', 'cancelled'],
  scheduled: ['queued', 'cancelled', 'failed', 'missed'],
  queued: ['publishing', 'scheduled', 'needs_login', 'failed', 'missed', 'cancelled'],
  publishing: ['queued', 'settling', 'published', 'scheduled', 'needs_login', 'failed', 'unconfirmed', 'cancelled'],
  settling: ['publishing', 'published', 'failed', 'unconfirmed'],
  needs_login: ['queued', 'scheduled', 'failed', 'cancelled'],
  published: [],
  failed: ['queued'],
  missed: ['queued'],
  unconfirmed: ['published', 'failed'],
  cancelled: [],
};

/** States in which nothing happens any more, unless a person says so. */
const ends: ReadonlySet<PublicationState> = new Set(['published', 'failed', 'missed', 'unconfirmed', 'cancelled']);

/** States in which a run is to be begun. */
export const waiting = ['scheduled', 'queued'] as const satisfies PublicationState[];

/** States in which it may still become public, or may be so already without anybody knowing. */
export const coming = [
  'scheduled',
  'queued',
  'publishing',
  'settling',
  'needs_login',
  'unconfirmed',
] as const satisfies PublicationState[];

export const mayFollow = (from: PublicationState, to: PublicationState) => transitions[from].includes(to);

export const isFinal = (state: PublicationState) => ends.has(state);
