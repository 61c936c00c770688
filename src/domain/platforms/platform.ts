import type { Locator, Page } from 'playwright-core';
import type { LoginReason } from '../../entities/publication.ts';

/**
 * What a platform must be able to do, one small step each, so that the publish workflow can decide between them.
 * Every function receives a page of a browser context that carries the account's login state and a `baseURL` that ends
 * with a slash. Each one throws AppError `needs_login` when the platform asks this account to log in, with `details.reason`
 * (a `LoginReason`) where the adapter can tell.
 */
export interface Platform {
  /** @throws AppError `needs_login` when the editor page does not open for this account */
  checkLogin(page: Page): Promise<void>;
  /**
   * Fills the editor, saves a draft and reads it back; given `draftId`, continues that draft and replaces what is in it.
   * @throws AppError `selector_drift` when the page is not the one we know or stored another text than was written,
   *   `forbidden` when the account may not publish by itself, `conflict` when the draft is gone. One that is published
   *   already is left as it is, for `commit` to answer.
   *   Nothing has been published by this call then.
   */
  prepare(page: Page, post: PostToPrepare): Promise<{ draftId: string }>;
  /**
   * The one irreversible step: awaits `aboutToClick`, clicks once, reads the platform's own answer. An error before
   * `aboutToClick` means that nothing was published; any error after it means "unknown", never "not published".
   * A draft that is already published is answered as such, without a click.
   */
  commit(page: Page, draft: DraftToCommit): Promise<PublishedPost>;
  /** Read-only: what became of the draft. Polls for as long as `waitMs` before it believes that a post is absent. */
  settle(page: Page, post: PostToSettle): Promise<Settlement>;
  /** Read-only: the numbers of the given posts, absent ones left out. */
  fetchAnalytics(page: Page, postIds: readonly string[]): Promise<PostNumbers[]>;
  /** For platforms whose login a person can finish in our browser; without it an account pauses. */
  login?: PlatformLogin;
}

/**
 * How a person finishes a login on the page that asks for it. It shows and types, and solves nothing. What it throws ends the
 * wait, so a page that is just changing is `null` and `false`.
 */
export interface PlatformLogin {
  /** What the page asks for now, `null` when nothing that it knows. It may have the page renew a code that has run out. */
  challenge(page: Page): Promise<LoginChallenge | null>;
  /** Whether the page is past its login. Leaves the page where it is: somebody is at it. */
  isSolved(page: Page): Promise<boolean>;
  /** Types the code that a person got, and sends it. */
  answer?(page: Page, code: string): Promise<'accepted' | 'refused'>;
}

export type LoginChallenge = {
  reason: LoginReason;
  /** What the person is to do, in plain words. */
  prompt: string;
  /** What the person must see, as a QR code. */
  picture: Locator | null;
  acceptsCode: boolean;
};

export type PlatformDescription = {
  id: string;
  name: string;
  limits: { titleCharacters: number; bodyCharacters: number; tags: number; images: number };
  /** `analytics`: whether the platform counts what `fetchAnalytics` reads; without it the answer is always empty. */
  abilities: { drafts: boolean; cover: boolean; tags: boolean; scheduling: boolean; analytics: boolean };
  /** How fast an account may publish. */
  pace: Pace;
  risk: Risk;
  /** Whether each account names its own site, as with WordPress. */
  selfHosted: boolean;
  /** What its pages may load from beside that site, and what nobody misses; a name also means all names below it. */
  hosts: { allowed: readonly string[]; blocked: readonly string[] };
};

export type Pace = {
  /** Between two commits of one account. */
  minGapMs: number;
  /** Commits in any 24 hours; null for no cap. */
  perDay: number | null;
  /** Up to so much is added to the gap, so that posts do not come by the clock. */
  jitterMs: number;
};

/** What tells that the platform has become suspicious of an account, and how long the account then rests. */
export type Risk = {
  signals: readonly RiskSignal[];
  /** After the first signal; each one more within a day doubles it. */
  coolDownMs: number;
  mostCoolDownMs: number;
};

/** An answer of the platform with this status, or the page at an address that holds this text. */
export type RiskSignal = { name: string } & ({ status: number } | { address: string });

export type PostToPrepare = {
  title: string;
  markdown: string;
  tags: readonly string[];
  cover: { name: string; contentType: string; bytes: Uint8Array } | null;
  draftId: string | null;
  /** Awaited as soon as the id is known, before anything is saved: stored there, no crash can lead to a second draft. */
  onDraftId?(draftId: string): Promise<void>;
};

export type DraftToCommit = { draftId: string; aboutToClick(): Promise<void> };

export type PublishedPost = { postId: string; url: string };

export type PostToSettle = { draftId: string | null; title: string; since: Date; waitMs: number };

export type Settlement =
  ({ outcome: 'published' } & PublishedPost) | { outcome: 'not_published' } | { outcome: 'unknown'; reason: string };

export type PostNumbers = { postId: string; views: number; comments: number };

/** One limit that a content breaks, in the client's terms. */
export type Violation = { field: string; limit: number; actual: number; message: string };
