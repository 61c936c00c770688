import type { JsonObject } from '../format.ts';
import { listIn, objectIn } from '../json.ts';
import type { AnswerContext } from './response.ts';
import { chatToResponsesStream } from './stream.ts';

/**
 * A whole chat completion as a Response (https://platform.openai.com/docs/api-reference/responses/object). It is what a
 * stream of one chunk ends with, so both ways cannot drift apart.
 */
export function chatToResponsesAnswer(body: JsonObject, context: AnswerContext): JsonObject {
  const { message, finish_reason } = objectIn(listIn(body['choices'])[0]);
  const said = objectIn(message);
  const tool_calls = listIn(said['tool_calls']).map((call, index) => Object.assign({}, call, { index }));
  const stream = chatToResponsesStream(context);
  stream.next({ choices: [{ delta: { ...said, tool_calls }, finish_reason }], usage: body['usage'] });
  return objectIn(stream.end().at(-1)?.['response']);
}
