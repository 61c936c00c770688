import type { Locator, Page } from 'playwright-core';
import type { LoginReason } from '../../entities/publication.ts';
import type { PlatformHosts } from '../browsers/browsers.ts';

/**
 * What a platform must be able to do, one small step each, so that the publish workflow can decide between them.
 * Every function receives a page of a browser context that carries the account's login state and a `baseURL` that ends
 * with a slash. Each one throws AppError `needs_login` when the platform asks this account to log in, with `details.reason`
 * (a `LoginReason`) where the adapter can tell.
 */
export interface Platform<DraftId extends string | null = string | null> {
  /** @throws AppError `needs_login` when the editor page does not open for this account */
  checkLogin(page: Page): Promise<void>;
  /**
   * Fills the editor, saves a draft and reads it back; given `draftId`, continues that draft and replaces what is in it.
   * On a platform without drafts `draftId` is null before and after: what was filled in is in the page, for `commit`.
   * @throws AppError `selector_drift` when the page is not the one we know or stored another text than was written,
   *   `forbidden` when the account may not publish by itself, `conflict` when the draft is gone. One that is published
   *   already is left as it is, for `commit` to answer.
   *   Nothing has been published by this call then.
   */
  prepare(page: Page, post: PostToPrepare): Promise<{ draftId: DraftId }>;
  /**
   * The one irreversible step: awaits `aboutToClick`, clicks once, reads the platform's own answer. An error before
   * `aboutToClick` means that nothing was published; any error after it means "unknown", never "not published".
   * A draft that is already published is answered as such, without a click.
   * @throws AppError `conflict` on a platform without drafts, when the page does not hold what `prepare` filled in
   */
  commit(page: Page, draft: DraftToCommit<DraftId>): Promise<PublishedPost>;
  /**
   * Read-only: what became of the draft. Polls for as long as `waitMs` before it believes that a post is absent, and never
   * believes so while what it reads may lag behind (`listLagMs`).
   */
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
  /**
   * What the page asks for now, `null` when nothing that a person can answer from afar: not waited for at a wall that
   * `checkLogin` has just met. It may have the page renew a code that has run out.
   */
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
  limits: PlatformLimits;
  /**
   * `drafts`: whether a post has an id before it is public. `analytics`: whether the platform counts what `fetchAnalytics`
   * reads; without it the answer is always empty. `aiDeclaration`: whether a post can say that it was made with AI.
   */
  abilities: {
    drafts: boolean;
    cover: boolean;
    tags: boolean;
    scheduling: boolean;
    analytics: boolean;
    aiDeclaration: boolean;
  };
  /** How fast an account may publish. */
  pace: Pace;
  risk: Risk;
  /** Whether each account names its own site, as with WordPress. */
  selfHosted: boolean;
  hosts: PlatformHosts;
  /** How the names of cookies begin that say how somebody likes the pages, and nothing of who it is. */
  preferenceCookies?: readonly string[];
  /** Where the platform is, when not self-hosted. */
  site: string | null;
  /** `fixtures`: never tried on the live platform, and so only for installations that ask for it. */
  verified: 'real' | 'fixtures';
  /** How long a post that is public may be missing in what `settle` reads. */
  listLagMs: number;
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

export type PlatformLimits = {
  titleCharacters: number;
  /** In full-width characters: a narrow one counts half, and the sum is rounded up. Null where nobody counts so. */
  titleWidth: number | null;
  bodyCharacters: number;
  /** What `bodyCharacters` counts: the Markdown as written, or the plain text and topics that the platform gets. */
  bodyAs: 'markdown' | 'text';
  tags: number;
  images: number;
  imagesAtLeast: number;
  /** What one picture may be; `fitImage` makes it so. */
  image: ImageLimits;
};

export type ImageLimits = {
  /** The first one is what others are turned into. */
  formats: readonly ['jpeg' | 'png', ...ImageFormat[]];
  maxBytes: number;
  /** Of the longer edge, in pixels. */
  maxEdge: number;
  /** Width through height; null for any. */
  aspect: { min: number; max: number } | null;
};

export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'gif';

/** What readers are to see. */
export type PostContent = {
  title: string;
  markdown: string;
  tags: readonly string[];
  /** To be declared where the platform can. */
  aiGenerated?: boolean;
};

export type ImageFile = { name: string; contentType: string; bytes: Uint8Array };

export type PostToPrepare = PostContent & {
  cover: ImageFile | null;
  /** Those of the text itself, for platforms whose posts are text and pictures apart. */
  images?: readonly ImageFile[];
  draftId: string | null;
  /**
   * Awaited as soon as the platform has told the id, and before anything else is done: a retry goes on with that draft. And
   * again before what would undo another worker's publishing. Rejects when the draft is no longer this preparation's.
   */
  onDraftId?(draftId: string): Promise<void>;
};

export type DraftToCommit<DraftId extends string | null = string | null> = {
  draftId: DraftId;
  /** What the page must hold on a platform without drafts. */
  content?: PostContent;
  aboutToClick(): Promise<void>;
};

export type PublishedPost = { postId: string; url: string };

export type PostToSettle = {
  draftId: string | null;
  title: string;
  /** What else readers see, for platforms whose lists show less than a title. */
  content?: PostContent;
  /** When somebody was about to click. */
  since: Date;
  waitMs: number;
};

export type Settlement =
  ({ outcome: 'published' } & PublishedPost) | { outcome: 'not_published' } | { outcome: 'unknown'; reason: string };

export type PostNumbers = { postId: string; views: number; comments: number };

/** One limit that a content breaks, in the client's terms. */
export type Violation = { field: string; limit: number; actual: number; message: string };
