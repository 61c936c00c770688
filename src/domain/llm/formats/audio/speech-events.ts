import { nothing } from '../../../usage/usage.ts';
import type { Consumption } from '../../../usage/usage.ts';
import { createSseReader } from '../../streams/sse-reader.ts';
import { UpstreamBroke } from '../../streams/upstream-watch.ts';
import { errorSaid } from '../chat/reading.ts';
import type { JsonObject } from '../format.ts';
import { countIn, isObject, parseObject, textIn } from '../json.ts';

/** What a whole stream of speech events came to; `usage` null when the provider did not tell. */
export type Spoken = { audio: Uint8Array; usage: Consumption | null };

/**
 * Speech as `stream_format: "sse"` sends it, which is the only way in which OpenAI tells its usage
 * (https://platform.openai.com/docs/api-reference/audio/speech-audio-done-event).
 * @throws UpstreamBroke for an error event, and for a stream that was cut
 */
export function spokenIn(stream: Uint8Array): Spoken {
  const parts: Uint8Array[] = [];
  let usage: Consumption | null = null;
  let isDone = false;
  for (const data of createSseReader().push(stream)) {
    if (data === '[DONE]') continue;
    const event = parseObject(data);
    const error = errorSaid(event);
    if (error !== null) throw new UpstreamBroke(error);
    if (event['type'] === 'speech.audio.delta') parts.push(Buffer.from(textIn(event['audio']), 'base64'));
    if (event['type'] !== 'speech.audio.done') continue;
    usage = speechTokens(event);
    isDone = true;
  }
  if (!isDone) throw new UpstreamBroke('The stream ended in the middle.');
  return { audio: Buffer.concat(parts), usage };
}

function speechTokens({ usage }: JsonObject): Consumption | null {
  if (!isObject(usage) || typeof usage['output_tokens'] !== 'number') return null;
  return { ...nothing, inputTokens: countIn(usage['input_tokens']), outputTokens: countIn(usage['output_tokens']) };
}
