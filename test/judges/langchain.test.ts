import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import type { AIMessageChunk } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { z } from 'zod';
import { formats } from './answer.ts';
import { calls, pictures, question, results, weather, weatherIn } from './conversation.ts';
import { breaking, givingUp, stalling } from './failure.ts';
import { heard } from './heard.ts';
import { judgesPlace } from './place.ts';
import type { JudgesPlace } from './place.ts';
import { thrownBy } from './thrown-by.ts';
import { toldOf } from './told.ts';

/** The judge: npm `@langchain/openai`. */
let place: JudgesPlace;
beforeAll(async () => {
  place = await judgesPlace();
});
afterAll(() => place.close());

const chat = (model: string, apiKey = place.key) =>
  new ChatOpenAI({ model, apiKey, configuration: { baseURL: place.baseUrl }, maxRetries: 0 });
const weatherTool = tool(({ city }) => weatherIn(city), {
  name: weather.name,
  description: weather.description,
  schema: z.object({ city: z.string() }),
});
const used = { cacheRead: 7, out: 3 };
const usage = { input_tokens: 17, output_tokens: 3, total_tokens: 20, input_token_details: { cache_read: 7 } };

describe.each(formats)('an upstream in the format of %s', (format) => {
  test('answers, with how it ended and what was used', async () => {
    const model = await place.answering(format, { pieces: ['It ', 'is.'], used });
    const answer = await chat(model).invoke(question);
    expect(answer).toMatchObject({ text: 'It is.', usage_metadata: usage });
    expect(answer.response_metadata).toMatchObject({ finish_reason: 'stop', model_name: model });
  });

  test('streams chunks that add up to the same answer', async () => {
    const model = await place.answering(format, { pieces: ['It ', 'is', '.'], used });
    const answer = await sumOf(await chat(model).stream(question));
    expect(answer).toMatchObject({ text: 'It is.', usage_metadata: usage });
    expect(answer?.response_metadata).toMatchObject({ finish_reason: 'stop' });
  });

  test.each(['whole', 'streamed'])('calls two tools in one %s answer and takes both results', async (how) => {
    const model = await place.answering(format, { pieces: ['Let me see.'], calls }, { pieces: ['In both.'] });
    const bound = chat(model).bindTools([weatherTool]);
    const asked = new HumanMessage(question);
    const said = how === 'whole' ? await bound.invoke([asked]) : await sumOf(await bound.stream([asked]));
    if (!said) throw new Error('nothing was said');
    expect(said.tool_calls?.map(({ id, name, args }) => ({ id, name, input: args }))).toEqual(calls);

    const told = results.map(({ id, text }) => new ToolMessage({ tool_call_id: id, content: text }));
    const answer = await bound.invoke([asked, said, ...told]);
    expect(answer.text).toBe('In both.');
    expect(heard(format, place.calls(model)[1])).toMatchObject({ tools: ['weather'], calls, results });
  });

  test('is shown pictures by their address and by their data', async () => {
    const model = await place.answering(format, { pieces: ['It is.'] });
    const shown = pictures.map((url) => ({ type: 'image_url' as const, image_url: { url } }));
    await chat(model).invoke([new HumanMessage({ content: [{ type: 'text', text: question }, ...shown] })]);
    expect(heard(format, place.calls(model)[0]).pictures).toEqual(pictures);
  });

  test('reasons beside its answer, whole and streamed', async () => {
    const model = await place.answering(format, { thinking: 'Look up.', pieces: ['It is.'], used: { thinking: 3 } });
    const whole = await chat(model).invoke(question);
    const streamed = await sumOf(await chat(model).stream(question));
    for (const answer of [whole, streamed]) {
      expect(answer).toMatchObject({
        text: 'It is.',
        additional_kwargs: { reasoning_content: 'Look up.' },
        usage_metadata: { output_token_details: { reasoning: 3 } },
      });
    }
  });

  test('answers by a schema', async () => {
    const model = await place.answering(format, { pieces: ['{"city":', '"Paris"}'] });
    const structured = chat(model).withStructuredOutput(z.object({ city: z.string() }), { method: 'jsonSchema' });
    await expect(structured.invoke(question)).resolves.toEqual({ city: 'Paris' });
  });

  test.each([
    [400, 'BadRequestError', 400],
    [429, 'RateLimitError', 429],
    [500, 'InternalServerError', 502],
  ])('a refusal with %d is thrown as a %s', async (refused, type, status) => {
    const model = await place.refused(format, refused);
    const whole = await thrownBy(chat(model).invoke(question));
    const streamed = await thrownBy(chat(model).stream(question));
    for (const failed of [whole, streamed]) {
      expect(failed).toMatchObject({ status, message: toldOf(refused) });
      expect(typesOf(failed)).toContain(type);
    }
  });

  test('that breaks or gives up in the middle of a stream throws what went wrong', async () => {
    const model = await place.model(format, breaking(format), givingUp(format));
    const ask = async () => sumOf(await chat(model).stream(question));
    expect(String(await thrownBy(ask()))).toContain('The answer broke off.');
    expect(String(await thrownBy(ask()))).toContain('The model is overloaded.');
    expect(place.calls(model)).toHaveLength(2);
  });

  test('is cut off when its stream is aborted, and what it wrote is recorded', async () => {
    const model = await place.model(format, stalling(format));
    const leaving = new AbortController();
    const stream = await chat(model).stream(question, { signal: leaving.signal });
    const read = async () => {
      for await (const { text } of stream) if (text !== '') leaving.abort();
    };
    expect(await thrownBy(read())).toBeInstanceOf(Error);

    await place.calls(model)[0]?.closed;
    const record = await place.recordOf(model);
    expect(record).toMatchObject({ success: false, errorCode: 'client_gone', estimated: true, streamed: true });
    expect(record?.costNanos).toBeGreaterThan(0);
  });
});

test('a wrong key, a forbidden model and an unknown one are thrown with their status', async () => {
  const model = await place.answering('openai', {});
  const forbidden = await place.newKey({ allowed_models: ['another'] });
  const asked = [chat(model, 'sk-wrong'), chat(model, forbidden), chat('nobody')];
  const thrown = await Promise.all(asked.map((client) => thrownBy(client.invoke(question))));
  expect(thrown).toMatchObject([{ status: 401 }, { status: 403 }, { status: 404 }]);
});

async function sumOf(stream: AsyncIterable<AIMessageChunk>): Promise<AIMessageChunk | undefined> {
  let sum: AIMessageChunk | undefined;
  for await (const chunk of stream) sum = sum?.concat(chunk) ?? chunk;
  return sum;
}

/** LangChain brings its own copy of npm `openai`, whose classes are others than ours. */
function typesOf(error: unknown): string[] {
  const names: string[] = [];
  for (let type: unknown = error; type; type = Object.getPrototypeOf(type)) names.push(type.constructor.name);
  return names;
}
