import type { Page } from 'playwright-core';
import { secretsOf, takeEvidence, takePicture, takeTrace } from '../domain/browsers/evidence.ts';
import { watchRequests } from '../domain/browsers/request-log.ts';
import { loginReasonOf, mayBeHandedOff } from '../domain/login/login.ts';
import type { EvidenceKind, EvidencePhase } from '../domain/publishing/publishing.ts';
import { AppError } from '../errors.ts';
import type { Services } from '../services.ts';

export type EvidenceOf = { publicationId: string; userId: string; phase: EvidencePhase };

/**
 * Keeps what a job's page saw and did. Evidence is for people: that it cannot be kept must not hide the failure that it
 * would show, and nobody waits until it is stored.
 */
export function createEvidenceKeeper({ publishing, logger }: Pick<Services, 'publishing' | 'logger'>) {
  const storing = new Set<Promise<void>>();
  /** Pictures of filled editors that are being taken, by publication: none may show what the click has made of it. */
  const befores = new Map<string, Promise<void>>();

  function store(of: EvidenceOf, kind: EvidenceKind, bytes: Uint8Array | null): void {
    if (!bytes) return;
    const evidence = { ...of, kind, at: new Date(), bytes, contentType: contentTypes[kind] };
    const stored = publishing.evidence
      .keep(evidence)
      .catch((error: unknown) => logger.warn({ err: error, ...of, kind }, 'evidence was not kept'))
      .finally(() => storing.delete(stored));
    storing.add(stored);
  }

  async function keepFailure(page: Page, of: EvidenceOf): Promise<void> {
    const { screenshot, html } = await takeEvidence(page);
    store(of, 'failure', screenshot);
    store(of, 'html', html === null ? null : Buffer.from(html));
    store(of, 'trace', await takeTrace(page.context()));
  }

  return {
    /** Runs a job on a page and keeps what it changed; when it fails, what the page looked like and which call failed. */
    async watched<T>(page: Page, of: EvidenceOf, work: () => Promise<T>): Promise<T> {
      const context = page.context();
      const requests = watchRequests(page);
      const endTrace = () => context.tracing.stopChunk().catch(() => undefined);
      await context.tracing.startChunk().catch(() => undefined);
      try {
        const result = await work();
        await endTrace();
        return result;
      } catch (error) {
        await (isForAPerson(error) ? endTrace() : keepFailure(page, of));
        throw error;
      } finally {
        const list = secretsOf(context).then((secrets) => requests.end(secrets));
        void list.then((all) => {
          if (all.length > 0) store(of, 'requests', Buffer.from(JSON.stringify(all, null, 2)));
        });
      }
    },

    /** The filled editor. Taken while the run goes on; `pictured` waits for it. */
    before(page: Page, of: EvidenceOf): void {
      const taken = takePicture(page).then((picture) => store(of, 'before', picture));
      befores.set(of.publicationId, taken);
      void taken.finally(() => befores.get(of.publicationId) === taken && befores.delete(of.publicationId));
    },

    /** That the picture of before has been taken; a moment at most. */
    async pictured(publicationId: string): Promise<void> {
      await Promise.race([befores.get(publicationId), moment()]);
    },

    /** What the page shows after the answer. */
    after(page: Page, of: EvidenceOf): Promise<void> {
      const taken = takePicture(page).then((picture) => store(of, 'after', picture));
      storing.add(taken);
      return taken.finally(() => storing.delete(taken));
    },

    /** Resolves when all that was given is stored, and what is just being taken. */
    async settled(): Promise<void> {
      while (storing.size > 0) await Promise.all(storing);
    },
  };
}

/** The picture of a login that somebody may finish opens the account: it is shown to its owner and kept nowhere. */
const isForAPerson = (error: unknown): boolean =>
  error instanceof AppError && error.code === 'needs_login' && mayBeHandedOff(loginReasonOf(error.details));

export type EvidenceKeeper = ReturnType<typeof createEvidenceKeeper>;

const contentTypes = {
  before: 'image/jpeg',
  after: 'image/jpeg',
  failure: 'image/png',
  html: 'text/html',
  requests: 'application/json',
  trace: 'application/zip',
} as const satisfies Record<EvidenceKind, string>;

const MOMENT_MS = 500;

function moment(): Promise<void> {
  return new Promise((done) => {
    AbortSignal.timeout(MOMENT_MS).addEventListener('abort', () => done(), { once: true });
  });
}
