import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { OpenAI } from 'openai';
import type { ChatCompletionMessageToolCall } from 'openai/resources/chat/completions';
import { z } from 'zod';
import { formats } from './answer.ts';
import { calls, pictures, question, results, weather, weatherIn } from './conversation.ts';
import { heard } from './heard.ts';
import { judgesPlace } from './place.ts';
import type { JudgesPlace } from './place.ts';

/** The judge: npm `openai`, its chat completions and their helpers. */
let place: JudgesPlace;
let sdk: OpenAI;
beforeAll(async () => {
  place = await judgesPlace();
  sdk = new OpenAI({ baseURL: place.baseUrl, apiKey: place.key, maxRetries: 0 });
});
afterAll(() => place.close());

const messages = [{ role: 'user' as const, content: question }];
const described = { name: weather.name, description: weather.description, parameters: weather.input };
const tools = [{ type: 'function' as const, function: described }];

describe.each(formats)('an upstream in the format of %s', (format) => {
  test('answers a chat under its public name, with how it ended and what was used', async () => {
    const model = await place.answering(format, { pieces: ['It ', 'is.'], used: { cacheRead: 7, out: 3 } });
    await expect(sdk.chat.completions.create({ model, messages })).resolves.toMatchObject({
      id: expect.stringMatching(/^chatcmpl-/),
      object: 'chat.completion',
      model,
      choices: [{ message: { role: 'assistant', content: 'It is.' }, finish_reason: 'stop' }],
      usage: {
        prompt_tokens: 17,
        completion_tokens: 3,
        total_tokens: 20,
        prompt_tokens_details: { cached_tokens: 7 },
      },
    });
  });

  test.each([
    ['cut', 'length'],
    ['refused', 'content_filter'],
  ] as const)('an answer that is %s says so, whole and streamed', async (end, reason) => {
    const model = await place.answering(format, { pieces: ['It '], end });
    const whole = await sdk.chat.completions.create({ model, messages });
    const chunks = await sdk.chat.completions.create({ model, messages, stream: true });
    const told: unknown[] = [];
    for await (const { choices } of chunks) told.push(choices[0]?.finish_reason);
    expect([whole.choices[0]?.finish_reason, told.at(-1)]).toEqual([reason, reason]);
  });

  test('streams what the helper puts together again, with usage only for those who ask', async () => {
    const model = await place.answering(format, { pieces: ['It ', 'is', '.'], used: { cacheRead: 7 } });
    const stream = sdk.chat.completions.stream({ model, messages, stream_options: { include_usage: true } });
    const pieces: string[] = [];
    stream.on('content', (piece) => pieces.push(piece));
    const told = await stream.finalChatCompletion();

    expect(pieces).toEqual(['It ', 'is', '.']);
    expect(told.choices[0]).toMatchObject({ message: { content: 'It is.' }, finish_reason: 'stop' });
    expect(told).toMatchObject({ model, usage: { prompt_tokens: 17, prompt_tokens_details: { cached_tokens: 7 } } });

    const untold = sdk.chat.completions.stream({ model, messages });
    for await (const chunk of untold) expect(chunk.usage ?? null).toBeNull();
    expect((await untold.finalChatCompletion()).choices[0]?.message.content).toBe('It is.');
  });

  test('calls two tools in one answer and takes both results', async () => {
    const model = await place.answering(format, { calls }, { pieces: ['In both.'] });
    const asked = await sdk.chat.completions.create({ model, messages, tools, tool_choice: 'required' });
    const said = asked.choices[0]?.message;
    expect(asked.choices[0]?.finish_reason).toBe('tool_calls');
    expect((said?.tool_calls ?? []).map(asCall)).toEqual(calls);

    const told = results.map(({ id, text }) => ({ role: 'tool' as const, tool_call_id: id, content: text }));
    const conversation = [...messages, ...(said ? [said] : []), ...told];
    const answer = await sdk.chat.completions.create({ model, messages: conversation, tools });
    expect(answer.choices[0]?.message.content).toBe('In both.');
    expect(heard(format, place.calls(model)[1])).toMatchObject({ tools: ['weather'], calls, results });
  });

  test('streams two calls, which the helper runs and answers', async () => {
    const model = await place.answering(format, { pieces: ['Let me see.'], calls }, { pieces: ['In both.'] });
    const run = { ...described, parse: cityIn, function: ({ city }: { city: string }) => weatherIn(city) };
    const tool = { type: 'function' as const, function: run };
    const runner = sdk.chat.completions.runTools({ model, messages, stream: true, tools: [tool] });

    await expect(runner.finalContent()).resolves.toBe('In both.');
    expect(heard(format, place.calls(model)[1])).toMatchObject({ calls, results });
  });

  test('is shown pictures by their address and by their data', async () => {
    const model = await place.answering(format, { pieces: ['It is.'] });
    const shown = pictures.map((url) => ({ type: 'image_url' as const, image_url: { url } }));
    await sdk.chat.completions.create({
      model,
      messages: [{ role: 'user', content: [{ type: 'text', text: question }, ...shown] }],
    });
    expect(heard(format, place.calls(model)[0]).pictures).toEqual(pictures);
  });

  test('reasons aloud in `reasoning_content`, whole and streamed, and tells what that took', async () => {
    const model = await place.answering(format, { thinking: 'Look up.', pieces: ['It is.'], used: { thinking: 3 } });
    const whole = await sdk.chat.completions.create({ model, messages, reasoning_effort: 'low' });
    expect(whole.choices[0]?.message).toMatchObject({ reasoning_content: 'Look up.', content: 'It is.' });
    expect(whole.usage?.completion_tokens_details?.reasoning_tokens).toBe(3);

    const chunks = await sdk.chat.completions.create({ model, messages, reasoning_effort: 'low', stream: true });
    let thought = '';
    for await (const { choices } of chunks) thought += reasoningIn(choices[0]?.delta);
    expect(thought).toBe('Look up.');
  });

  test('answers by a schema, which the helper reads', async () => {
    const model = await place.answering(format, { pieces: ['{"city":', '"Paris"}'] });
    const schema = { name: 'city', strict: true, schema: weather.input };
    const answer = await sdk.chat.completions.parse({
      model,
      messages,
      response_format: { type: 'json_schema', json_schema: schema },
    });
    expect(answer.choices[0]?.message.content).toBe('{"city":"Paris"}');
  });
});

test.each(['whole', 'streamed'])('thinking of a %s answer comes back to Anthropic with its signature', async (how) => {
  const thinking = { thinking: 'Look up.', signature: 'c2lnbmVkIGJ5IGl0' };
  const model = await place.answering('anthropic', { ...thinking, calls }, { pieces: ['In both.'] });
  const body = { model, messages, tools, reasoning_effort: 'low' as const };
  const first = await (how === 'whole'
    ? sdk.chat.completions.create(body)
    : sdk.chat.completions.stream(body).finalChatCompletion());
  const said = first.choices.map((choice) => choice.message);
  const told = results.map(({ id, text }) => ({ role: 'tool' as const, tool_call_id: id, content: text }));
  await sdk.chat.completions.create({ ...body, messages: [...messages, ...said, ...told] });
  expect(heard('anthropic', place.calls(model)[1])).toMatchObject({ thinking: [thinking], calls, results });
});

test('the model that answers is listed and can be looked up', async () => {
  const model = await place.answering('anthropic', {});
  const listed = await sdk.models.list();
  expect(listed.data.map(({ id }) => id)).toContain(model);
  await expect(sdk.models.retrieve(model)).resolves.toMatchObject({ id: model, object: 'model' });
});

function asCall(call: ChatCompletionMessageToolCall) {
  if (call.type !== 'function') throw new Error('no call of a function');
  return { id: call.id, name: call.function.name, input: z.looseObject({}).parse(JSON.parse(call.function.arguments)) };
}

const cityIn = (text: string) => z.object({ city: z.string() }).parse(JSON.parse(text));

const reasoningIn = (delta: unknown) =>
  z.object({ reasoning_content: z.string().optional() }).parse(delta ?? {}).reasoning_content ?? '';
