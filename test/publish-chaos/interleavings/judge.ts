/** Knows only what was asked, what was answered and what was posted; says what of it must not be. */
import type { Post } from './fake-platform.ts';
import type { Change } from './plan.ts';

export type Asked = {
  change: Change;
  startedAtMs: number;
  endedAtMs: number;
  /** `unsure`: nobody answered in time, and it may have happened. */
  answer: 'accepted' | 'refused' | 'unsure' | 'strange';
  why: string;
};

export type Case = { ordered: string; asked: readonly Asked[]; posts: readonly Post[]; state: string };

export function violationsOf({ ordered, asked, posts, state }: Case): string[] {
  const accepted = asked.filter(({ answer }) => answer === 'accepted');
  const perhaps = asked.filter(({ answer }) => answer === 'accepted' || answer === 'unsure');
  const [post] = posts;
  const found: string[] = asked.filter(({ answer }) => answer === 'strange').map(({ why }) => `strange answer: ${why}`);
  if (posts.length > 1) found.push('posted twice');
  if (accepted.some(({ change }) => change.kind === 'cancel') && (post || state !== 'cancelled'))
    found.push(`${state} after an accepted cancel, ${posts.length} posts`);
  if ((state === 'published') !== Boolean(post)) found.push(`${state} with ${posts.length} posts`);
  if (!post) return found;

  const texts = lastTexts(ordered, perhaps);
  if (!texts.includes(post.text)) found.push(`posted "${post.text}" and not "${texts.join('" or "')}"`);
  for (const { change, startedAtMs } of accepted)
    if (startedAtMs > post.clickedAtMs) found.push(`${change.kind} accepted after the commit point`);
  const notBeforeMs = standingTime(perhaps);
  if (post.clickedAtMs < notBeforeMs) found.push('posted before the time that it was moved to');
  return found;
}

/** Those that may have been accepted last: nothing that was accepted was begun after they had ended. */
function lastTexts(ordered: string, perhaps: readonly Asked[]): string[] {
  const edits = perhaps.filter(({ change }) => change.kind === 'edit');
  const sure = edits.filter(({ answer }) => answer === 'accepted');
  const last = edits.filter((edit) => !sure.some(({ startedAtMs }) => startedAtMs > edit.endedAtMs));
  const texts = last.flatMap(({ change }) => (change.kind === 'edit' ? [change.text] : []));
  return sure.length === 0 ? [ordered, ...texts] : texts;
}

/** The time that a move gave it and that no other one can have changed. */
function standingTime(perhaps: readonly Asked[]): number {
  const moves = perhaps.filter(({ change }) => change.kind === 'reschedule' || change.kind === 'publishNow');
  const standing = moves.find(
    (move) =>
      move.answer === 'accepted' && moves.every((other) => other === move || other.endedAtMs < move.startedAtMs),
  );
  // Begun before its answer: the time itself was reckoned at the start.
  return standing?.change.kind === 'reschedule' ? standing.startedAtMs + standing.change.inMs - 1 : 0;
}
