import { createParser } from 'eventsource-parser';
import { z } from 'zod';
import { isFinished } from '../openai-body.ts';

/**
 * The JSON events of a stream in OpenAI's format. Text may be split anywhere, also within a character.
 * @throws when the stream ends without `[DONE]` before the model said how it finished, or an event is no JSON object
 */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<Record<string, unknown>> {
  const decoder = new TextDecoder();
  const waiting: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => waiting.push(data) });
  let finished = false;
  for await (const bytes of body) {
    parser.feed(decoder.decode(bytes, { stream: true }));
    for (const data of waiting.splice(0)) {
      if (data === '[DONE]') return;
      const event = jsonObject.parse(JSON.parse(data));
      finished ||= isFinished(event);
      yield event;
    }
  }
  if (!finished) throw new Error('the stream ended in the middle');
}

const jsonObject = z.record(z.string(), z.unknown());
