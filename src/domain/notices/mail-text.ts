import type { Notice } from '../../entities/notice.ts';

/** Subject and text of the e-mail about a notice: plain, short, with one link. */
export function mailText({ kind, subjectId, payload }: Pick<Notice, 'kind' | 'subjectId' | 'payload'>, url: string) {
  const link = `${url}/api/v1/${pathOf(kind, subjectId)}`;
  const title = oneLine(payload['title'] ?? payload['url'] ?? subjectId);
  const { subject, sentence } = words[kind] ?? { subject: `${kind}: ${title}`, sentence: 'It has a new state.' };
  const why = payload['reason'] ?? payload['code'];
  const code = why ? `\nReason: ${why}` : '';
  return {
    subject: subject.replace('%', () => title),
    text: `${title}\n\n${sentence}${code}\n\n${link}\n\nWhich notices come by e-mail is set at ${url}/api/v1/notices/settings\n`,
  };
}

function pathOf(kind: Notice['kind'], subjectId: string): string {
  if (kind === 'account.cooling_down') return 'credential/accounts';
  return kind === 'webhook.disabled' ? `webhooks/${subjectId}` : `publish/status/${subjectId}`;
}

const words: Partial<Record<Notice['kind'], { subject: string; sentence: string }>> = {
  'publication.failed': {
    subject: 'Not published: %',
    sentence: 'It was not published, and nothing is tried any more.',
  },
  'publication.missed': {
    subject: 'Not published: %',
    sentence: 'Its time passed while it could not be published. Try it again if it is still wanted.',
  },
  'publication.unconfirmed': {
    subject: 'Please look: %',
    sentence: 'Nobody can tell whether the platform has it. Please look, and say what you found.',
  },
  'publication.needs_login': {
    subject: 'Please log in: %',
    sentence: 'It waits, because the account is logged out of its platform. Log in with the app, and it goes on.',
  },
  'login.challenge': {
    subject: 'Log in now: %',
    sentence: 'The platform asks you to log in, and waits for a few minutes. The app shows what there is to do.',
  },
  'publication.published': { subject: 'Published: %', sentence: 'It is on the platform.' },
  'account.cooling_down': {
    subject: 'Slowed down: %',
    sentence: 'The platform has become suspicious. Nothing is published there for a while, then all goes on by itself.',
  },
  'webhook.disabled': {
    subject: 'Your webhook was disabled',
    sentence: 'It did not take what was sent to it, and hears of nothing until you enable it again.',
  },
};

const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ').slice(0, LONGEST_TITLE);
const LONGEST_TITLE = 120;
