import type { JsonObject } from '../../src/domain/llm/formats/format.ts';
import { isObject, listIn, objectIn, textIn } from '../../src/domain/llm/formats/json.ts';

/**
 * Whether a whole stream, without its `[DONE]`, is one that OpenAI's API could have sent
 * (https://platform.openai.com/docs/api-reference/chat-streaming), stricter than any client is. Fields of a delta that
 * are not OpenAI's pass.
 * @param options.usage whether the client asked for it
 * @throws Error that names the first chunk which may not stand where it does
 */
export function checkChatStream(chunks: JsonObject[], { usage }: { usage: boolean }): void {
  const head = headOf(chunks[0] ?? {});
  let state: State = { at: 'before', calls: [] };
  for (const [index, chunk] of chunks.entries()) {
    try {
      must(JSON.stringify(headOf(chunk)) === JSON.stringify(head), 'one id, object, created and model a stream');
      must(usage || !('usage' in chunk), 'nobody asked for the usage');
      state = after(state, chunk, usage);
    } catch (cause) {
      throw new Error(`chunk ${index}: ${String(cause)}\n${JSON.stringify(chunk)}`, { cause });
    }
  }
  must(state.at === (usage ? 'measured' : 'finished'), `the stream ended ${state.at}`);
}

type State = { at: 'before' | 'within' | 'finished' | 'measured'; calls: string[] };

function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

function headOf({ id, object, created, model }: JsonObject): JsonObject {
  must(/^chatcmpl-./.test(textIn(id)), 'an id begins with chatcmpl-');
  must(object === 'chat.completion.chunk', 'an object of its kind');
  must(typeof created === 'number' && Number.isSafeInteger(created), 'a time in whole seconds');
  must(textIn(model) !== '', 'a model');
  return { id, object, created, model };
}

function after({ at, calls }: State, chunk: JsonObject, usage: boolean): State {
  must(at !== 'measured', 'nothing stands after the usage');
  if (at === 'finished') {
    must(usage && listIn(chunk['choices']).length === 0, 'nothing but the usage stands after the finish');
    checkUsage(objectIn(chunk['usage']));
    return { at: 'measured', calls };
  }
  must((chunk['usage'] ?? null) === null, 'only the last chunk has a usage');
  const { delta, finish_reason } = onlyChoice(chunk['choices']);
  must(isObject(delta), 'a delta');
  must((delta['role'] === 'assistant') === (at === 'before'), 'the role stands in the first chunk');
  must(at === 'before' || !('role' in delta), 'the role comes once');
  const begun = written(delta, calls);
  if (finish_reason === null) return { at: 'within', calls: begun };
  checkFinish(textIn(finish_reason), begun);
  return { at: 'finished', calls: begun };
}

function onlyChoice(choices: unknown): JsonObject {
  must(Array.isArray(choices) && choices.length === 1, 'one choice');
  const choice = objectIn(choices[0]);
  must(choice['index'] === 0, 'its index is 0');
  return choice;
}

function written(delta: JsonObject, calls: string[]): string[] {
  for (const field of ['content', 'refusal']) {
    must(delta[field] === undefined || delta[field] === null || typeof delta[field] === 'string', `${field} is text`);
  }
  must(delta['tool_calls'] === undefined || listIn(delta['tool_calls']).length > 0, 'no empty list of calls');
  return listIn(delta['tool_calls']).map(objectIn).reduce(calledOn, calls);
}

/** The texts of the arguments, by index, with one more delta. */
function calledOn(calls: string[], { index, id, type, function: called }: JsonObject): string[] {
  const { name, arguments: text } = objectIn(called);
  must(typeof index === 'number' && index >= 0 && index <= calls.length, `the next call is ${calls.length}`);
  must(typeof text === 'string', 'arguments are text');
  if (index === calls.length) {
    must(textIn(id) !== '' && textIn(name) !== '' && type === 'function', 'a call begins with id, type and name');
    return [...calls, text];
  }
  must(id === undefined && name === undefined, 'id and name come once');
  return calls.map((before, at) => (at === index ? before + text : before));
}

const finishReasons = new Set(['stop', 'length', 'tool_calls', 'content_filter']);

/** Arguments may be no whole JSON only where the token limit, or a filter, cut them. */
function checkFinish(reason: string, calls: string[]): void {
  must(finishReasons.has(reason), `${reason} is no finish reason`);
  must(reason !== 'tool_calls' || calls.length > 0, 'tool_calls without a call');
  if (reason === 'length' || reason === 'content_filter') return;
  for (const text of calls) must(isObject(JSON.parse(text)), 'arguments are a JSON object');
}

function checkUsage({ prompt_tokens, completion_tokens, total_tokens }: JsonObject): void {
  for (const count of [prompt_tokens, completion_tokens, total_tokens]) {
    must(typeof count === 'number' && Number.isSafeInteger(count) && count >= 0, 'a usage has three counts');
  }
  must(Number(prompt_tokens) + Number(completion_tokens) === total_tokens, 'the total is the sum');
}
