import type { JsonObject } from '../format.ts';
import { textIn } from '../json.ts';
import { contentParts, textPart } from './content-parts.ts';
import type { Placed } from './content-parts.ts';

/**
 * A user's turn: a `tool` message for each result, then one message with what the results show and what the user says.
 * @throws AppError `invalid_request`
 */
export function userMessages(blocks: Placed[]): JsonObject[] {
  const results = blocks.filter(isResult).map(resultOf);
  const said = blocks.filter((placed) => !isResult(placed)).flatMap(contentParts);
  const parts = [...results.flatMap(({ shown }) => shown), ...said];
  return [...results.map(({ message }) => message), ...userMessage(parts)];
}

const isResult = ({ block }: Placed) => block['type'] === 'tool_result';

/** A lone text stands as a string, which every upstream takes. */
function userMessage(parts: JsonObject[]): JsonObject[] {
  const [first] = parts;
  if (!first) return [];
  return [{ role: 'user', content: parts.length === 1 && first['type'] === 'text' ? first['text'] : parts }];
}

type Result = { message: JsonObject; shown: JsonObject[] };

/**
 * OpenAI's tool messages hold text alone, and know no failure. So pictures and files of a result are shown by the user
 * in the next message, under the id of their call, and a failure is said: the text begins with `Error: `.
 */
function resultOf({ block, path }: Placed): Result {
  const callId = textIn(block['tool_use_id']);
  const parts = partsIn(block['content'], `${path}.content`);
  const media = parts.filter(({ type }) => type !== 'text');
  const texts = parts.filter(({ type }) => type === 'text').map(({ text }) => textIn(text));
  const pointer = media.length > 0 ? [`(${media.length} attached in the next message)`] : [];
  const text = [...texts, ...pointer].join('\n');
  return {
    message: { role: 'tool', tool_call_id: callId, content: block['is_error'] === true ? `Error: ${text}` : text },
    shown: media.length > 0 ? [textPart(`Attached to the result of ${callId}:`), ...media] : [],
  };
}

function partsIn(content: unknown, path: string): JsonObject[] {
  if (!Array.isArray(content)) return [textPart(textIn(content))];
  return content.flatMap((block, index) => contentParts({ block, path: `${path}.${index}` }));
}
