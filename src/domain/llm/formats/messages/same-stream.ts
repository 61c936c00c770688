import { messagesVoice } from '../../streams/client-voice.ts';
import type { Rewrite } from '../../streams/relay.ts';
import { objectIn } from '../json.ts';

/** Anthropic's events for a client of the same format: as they came, under the public name. */
export function sameMessagesStream({ model }: { model: string }): Rewrite {
  return {
    repeats: true,
    next(event, data) {
      const type = String(event['type']);
      const message = objectIn(event['message']);
      if (type !== 'message_start' || message['model'] === model) return `event: ${type}\ndata: ${data}\n\n`;
      return messagesVoice.event({ ...event, message: { ...message, model } });
    },
    end: () => messagesVoice.close,
    broken: messagesVoice.broken,
  };
}
