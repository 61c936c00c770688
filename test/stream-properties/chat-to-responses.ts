import assert from 'node:assert/strict';
import { assert as hold, asyncProperty, constantFrom, record, uuid } from 'fast-check';
import { chatToResponsesAnswer } from '../../src/domain/llm/formats/chat-to-responses/answer.ts';
import { chatToResponsesStream } from '../../src/domain/llm/formats/chat-to-responses/stream.ts';
import { listIn, objectIn, textIn } from '../../src/domain/llm/formats/json.ts';
import type { JsonObject } from '../../src/domain/llm/formats/format.ts';
import { checkResponsesStream } from '../stream-checkers/responses-stream-checker.ts';
import { mixedAnswers, chunksOf, completionOf } from './mixed-answers.ts';
import type { MixedAnswer } from './mixed-answers.ts';
import { rebuiltByOpenAi } from './rebuilt-by-openai.ts';

/**
 * Any chat answer, cut into chunks anywhere, keeps the grammar of the Responses API, and the official client rebuilds
 * from it what the last event says; which is what the same answer gives when it comes whole.
 */
export async function chatToResponsesProperty(runs: number): Promise<void> {
  const contexts = record({ summary: constantFrom('auto' as const, null), id: uuid() });
  await hold(
    asyncProperty(mixedAnswers, contexts, async (answer, { summary, id }) => {
      const request = { model: 'm', input: 'hi', reasoning: { summary } };
      const context = { request, model: 'm', responseId: `resp_${id}`, created: 1_700_000_000 };
      const events = eventsOf(chunksOf(answer), chatToResponsesStream(context));
      const final = checkResponsesStream(events);
      assert.deepEqual(await rebuiltByOpenAi(events), final);
      const whole = chatToResponsesAnswer(completionOf(answer), context);
      if (answer.inOrder) assert.deepEqual(final, whole);
      else assert.deepEqual(saidIn(final, answer), saidIn(whole, answer));
    }),
    { numRuns: runs },
  );
}

function eventsOf(chunks: JsonObject[], stream: ReturnType<typeof chatToResponsesStream>): JsonObject[] {
  const events = chunks.flatMap((chunk, index) => {
    const told = stream.next(chunk);
    if (index === 0) assert.equal(told[1]?.['type'], 'response.in_progress', 'the first chunk opens the stream');
    return told;
  });
  events.push(...stream.end());
  assert.deepEqual([...stream.end(), ...stream.next(chunks[0] ?? {})], [], 'an ended stream is silent');
  return events;
}

/** All that was said, when its kinds were mixed and so are in several items. */
function saidIn(response: JsonObject, { calls }: MixedAnswer): JsonObject {
  const items = listIn(response['output']).map(objectIn);
  const parts = items.flatMap(({ summary, content }) => [...listIn(summary), ...listIn(content)]).map(objectIn);
  const joined = (wanted: string[]) =>
    parts.map(({ type, text, refusal }) => (wanted.includes(textIn(type)) ? textIn(text ?? refusal) : '')).join('');
  return {
    status: response['status'],
    usage: response['usage'],
    thoughts: joined(['summary_text', 'reasoning_text']),
    text: joined(['output_text']),
    refusal: joined(['refusal']),
    calls: calls.map(({ id }) => objectIn(items.find(({ call_id }) => call_id === id))['arguments']),
  };
}
