import type { PublicationEvent } from '../../entities/publication-event.ts';
import type { Publication } from '../../entities/publication.ts';
import type { ShownEvidence } from './publication-evidence.ts';
import { isFinal } from './publication.policy.ts';

/** How the API shows a publication: names as clients know them, times as UTC ISO-8601. */
export function publicationSummary(publication: Publication) {
  const { errorCode } = publication;
  return {
    task_id: publication.id,
    platform: publication.platform,
    title: publication.content.title,
    status: publication.state,
    final: isFinal(publication.state),
    scheduled_at: iso(publication.scheduledAt),
    published_at: iso(publication.publishedAt),
    platform_post_id: publication.platformPostId ?? null,
    platform_post_url: publication.platformPostUrl ?? null,
    needs_login_reason: publication.state === 'needs_login' ? (publication.needsLoginReason ?? 'expired') : null,
    error: errorCode ? { code: errorCode, message: publication.errorMessage ?? '' } : null,
    created_at: publication.createdAt.toISOString(),
  };
}

export function publicationStatus(
  publication: Publication,
  history: readonly PublicationEvent[],
  evidence: readonly ShownEvidence[],
) {
  return {
    ...publicationSummary(publication),
    ai_declaration: publication.aiDeclaration ?? null,
    history: history.map(({ state, note, at }) => ({ status: state, note, at: at.toISOString() })),
    evidence: evidence.map(evidenceView),
  };
}

export const evidenceView = ({ kind, phase, at, expiresAt, url }: ShownEvidence) => ({
  kind,
  phase: phase ?? null,
  at: at.toISOString(),
  expires_at: expiresAt.toISOString(),
  url,
});

const iso = (time: Date | null | undefined) => time?.toISOString() ?? null;
