/** How upstreams of both formats fail. */
import { CUT, Gate } from '../fake-upstream.ts';
import type { FakeReply } from '../fake-upstream.ts';
import { answerIn } from './answer-in.ts';
import type { Format } from './answer.ts';

/** A refusal in the words of the format. It asks for no patience, so that our own retries take no time. */
export function refusing(format: Format, status: number): FakeReply {
  const error = { type: 'some_error', message: `refused with ${status}` };
  const bodies = { openai: { error: { ...error, param: null, code: null } }, anthropic: { type: 'error', error } };
  return { status, headers: { 'retry-after-ms': '0' }, body: bodies[format] };
}

/** A stream that says `Some ` and then breaks. */
export const breaking = (format: Format): FakeReply => ({ events: [...beginning(format), CUT] });

/** A stream that says `Some ` and then that it cannot go on. */
export function givingUp(format: Format): FakeReply {
  const message = 'The model is overloaded.';
  const lasts = {
    openai: { error: { message, type: 'server_error', param: null, code: null } },
    anthropic: { type: 'error', error: { type: 'overloaded_error', message } },
  };
  return { events: [...beginning(format), lasts[format]] };
}

/** A stream that says `Some ` and then nothing any more. */
export const stalling = (format: Format): FakeReply => ({ events: [...beginning(format), new Gate()] });

/** Of an answer, everything up to its first words. */
function beginning(format: Format): readonly (object | string)[] {
  const { events = [] } = answerIn(format, { pieces: ['Some ', 'words.'] })({ body: { stream: true } });
  return events.slice(0, events.findIndex((event) => JSON.stringify(event).includes('Some ')) + 1);
}
