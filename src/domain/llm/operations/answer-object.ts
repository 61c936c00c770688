import { errorSaid } from '../formats/chat/reading.ts';
import type { JsonObject } from '../formats/format.ts';
import { parseObject } from '../formats/json.ts';
import { UpstreamBroke } from '../streams/upstream-watch.ts';
import type { ReadyAnswer } from './operation.ts';

/**
 * A provider's JSON answer.
 * @throws UpstreamBroke when it says that it failed, though its status was 200; SyntaxError when it is no object
 */
export function answerObject(text: string): JsonObject {
  const body = parseObject(text);
  const error = errorSaid(body);
  if (error !== null) throw new UpstreamBroke(error);
  return body;
}

/** The answer under the public name of its model; untouched where it names none. */
export function underPublicName(name: string, body: JsonObject, text: string): ReadyAnswer {
  const isNamed = body['model'] === undefined || body['model'] === name;
  return jsonAnswer(isNamed ? text : JSON.stringify({ ...body, model: name }));
}

export const jsonAnswer = (body: string): ReadyAnswer => ({ contentType: 'application/json; charset=utf-8', body });

export const notInFormat = () => new UpstreamBroke('The answer was not in the expected format.');
