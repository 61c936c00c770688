import type { Consumption } from '../../../usage/usage.ts';
import { UpstreamBroke } from '../../streams/upstream-watch.ts';
import type { UpstreamWatch } from '../../streams/upstream-watch.ts';
import { isObject, listIn } from '../json.ts';
import { chatText, chatUsage, chatWritten, errorSaid } from './reading.ts';

export function watchChatStream(): UpstreamWatch {
  const written: string[] = [];
  let usage: Consumption | null = null;
  let finished = false;
  return {
    see(event) {
      const error = errorSaid(event);
      if (error !== null) throw new UpstreamBroke(error);
      usage = chatUsage(event) ?? usage;
      const said = chatWritten(event);
      if (said !== '') written.push(said);
      finished ||= listIn(event['choices']).some(
        (choice) => isObject(choice) && typeof choice['finish_reason'] === 'string',
      );
    },
    plainText: chatText,
    said: (text) => void written.push(text),
    usage: () => usage,
    written: () => written.join(''),
    finished: () => finished,
  };
}
