import type { Consumption } from '../../../usage/usage.ts';
import { UpstreamBroke } from '../../streams/upstream-watch.ts';
import type { UpstreamWatch } from '../../streams/upstream-watch.ts';
import { errorSaid } from '../chat/reading.ts';
import type { JsonObject } from '../format.ts';
import { objectIn } from '../json.ts';
import { eventText, eventWritten, messagesUsage } from './reading.ts';

/** Usage comes twice: what went in with `message_start`, and what came out, cumulative, with `message_delta`. */
export function watchMessagesStream(): UpstreamWatch {
  const written: string[] = [];
  let told: JsonObject = {};
  let usage: Consumption | null = null;
  let toldAll = false;
  let finished = false;
  return {
    see(event) {
      if (event['type'] === 'error') throw new UpstreamBroke(errorSaid(event) ?? 'The model reported an error.');
      const said = eventWritten(event);
      if (said !== '') written.push(said);
      if (event['type'] === 'message_start') told = objectIn(objectIn(event['message'])['usage']);
      if (event['type'] === 'message_delta') {
        told = { ...told, ...known(objectIn(event['usage'])) };
        usage = messagesUsage(told);
        toldAll = usage !== null && objectIn(event['usage'])['output_tokens'] !== undefined;
        finished = true;
      }
    },
    plainText: eventText,
    said: (text) => void written.push(text),
    usage: () => (toldAll ? usage : null),
    written: () => written.join(''),
    finished: () => finished,
  };
}

/** A field that is null in `message_delta` takes nothing back. */
const known = (usage: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null));
