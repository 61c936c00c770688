import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Anthropic } from '@anthropic-ai/sdk';
import { formats } from './answer.ts';
import { calls, pictureUrl, pictures, pixel, question, results, weather } from './conversation.ts';
import { heard } from './heard.ts';
import { judgesPlace } from './place.ts';
import type { JudgesPlace } from './place.ts';

/** The judge: npm `@anthropic-ai/sdk`. */
let place: JudgesPlace;
let sdk: Anthropic;
beforeAll(async () => {
  place = await judgesPlace();
  sdk = new Anthropic({ baseURL: place.url, apiKey: place.key, maxRetries: 0 });
});
afterAll(() => place.close());

const asked = { role: 'user' as const, content: question };
const asking = { max_tokens: 4_000, messages: [asked] };
const tools = [{ name: weather.name, description: weather.description, input_schema: weather.input }];

describe.each(formats)('an upstream in the format of %s', (format) => {
  test('answers under its public name, with how it ended and what was used', async () => {
    const used = { cacheRead: 7, cacheWrite5m: 2, out: 3 };
    const model = await place.answering(format, { pieces: ['It ', 'is.'], used });
    const answer = await sdk.messages.create({ ...asking, model, system: 'Be short.' });
    expect(answer).toMatchObject({
      id: expect.stringMatching(/^msg_/),
      type: 'message',
      role: 'assistant',
      model,
      content: [{ type: 'text', text: 'It is.' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 10, cache_read_input_tokens: 7, cache_creation_input_tokens: 2, output_tokens: 3 },
    });
  });

  test('streams what the helper puts together again', async () => {
    const used = { cacheRead: 7, cacheWrite5m: 2, out: 3 };
    const model = await place.answering(format, { pieces: ['It ', 'is', '.'], used });
    const stream = sdk.messages.stream({ ...asking, model });
    const pieces: string[] = [];
    stream.on('text', (piece) => pieces.push(piece));
    expect(await stream.finalMessage()).toMatchObject({
      model,
      content: [{ type: 'text', text: 'It is.' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 10, cache_read_input_tokens: 7, cache_creation_input_tokens: 2, output_tokens: 3 },
    });
    expect(pieces).toEqual(['It ', 'is', '.']);
  });

  test.each([
    ['cut', 'max_tokens'],
    ['refused', 'refusal'],
  ] as const)('an answer that is %s says so, whole and streamed', async (end, reason) => {
    const model = await place.answering(format, { pieces: ['It '], end });
    const whole = await sdk.messages.create({ ...asking, model });
    const streamed = await sdk.messages.stream({ ...asking, model }).finalMessage();
    expect([whole.stop_reason, streamed.stop_reason]).toEqual([reason, reason]);
  });

  test.each(['whole', 'streamed'])('calls two tools in one %s answer and takes both results', async (how) => {
    const model = await place.answering(format, { pieces: ['Let me see.'], calls }, { pieces: ['In both.'] });
    const ask = (messages: Anthropic.MessageParam[]) => {
      const body = { ...asking, model, tools, messages, tool_choice: { type: 'auto' as const } };
      return how === 'whole' ? sdk.messages.create(body) : sdk.messages.stream(body).finalMessage();
    };
    const first = await ask([asked]);
    const uses = first.content.filter((block) => block.type === 'tool_use');
    expect(first.stop_reason).toBe('tool_use');
    expect(uses.map(({ id, name, input }) => ({ id, name, input }))).toEqual(calls);

    const told = results.map(({ id, text }) => ({ type: 'tool_result' as const, tool_use_id: id, content: text }));
    const second = await ask([asked, { role: 'assistant', content: first.content }, { role: 'user', content: told }]);
    expect(second.content).toMatchObject([{ type: 'text', text: 'In both.' }]);
    expect(heard(format, place.calls(model)[1])).toMatchObject({ tools: ['weather'], calls, results });
  });

  test('is shown pictures by their address and by their data', async () => {
    const model = await place.answering(format, { pieces: ['It is.'] });
    const sources = [
      { type: 'url' as const, url: pictureUrl },
      { type: 'base64' as const, media_type: 'image/png' as const, data: pixel },
    ];
    const shown = sources.map((source) => ({ type: 'image' as const, source }));
    await sdk.messages.create({ ...asking, model, messages: [{ role: 'user', content: shown }] });
    expect(heard(format, place.calls(model)[0]).pictures).toEqual(pictures);
  });

  test('thinks aloud, whole and streamed, and tells what that took', async () => {
    const model = await place.answering(format, { thinking: 'Look up.', pieces: ['It is.'], used: { thinking: 3 } });
    const body = { ...asking, model, thinking: { type: 'enabled' as const, budget_tokens: 2_000 } };
    const whole = await sdk.messages.create(body);
    const streamed = await sdk.messages.stream(body).finalMessage();
    for (const { content, usage } of [whole, streamed]) {
      expect(content).toMatchObject([
        { type: 'thinking', thinking: 'Look up.' },
        { type: 'text', text: 'It is.' },
      ]);
      expect(usage.output_tokens_details).toMatchObject({ thinking_tokens: 3 });
    }
  });

  test('counts what would go in without being asked', async () => {
    const model = await place.answering(format, {});
    const counted = await sdk.messages.countTokens({ model, messages: [asked], system: 'Be short.', tools });
    expect(counted.input_tokens).toBeGreaterThan(10);
    expect(place.calls(model)).toHaveLength(0);
  });
});

test.each(['whole', 'streamed'])('thinking of a %s answer comes back to Anthropic with its signature', async (how) => {
  const thinking = { thinking: 'Look up.', signature: 'c2lnbmVkIGJ5IGl0' };
  const model = await place.answering('anthropic', { ...thinking, calls }, { pieces: ['In both.'] });
  const body = { ...asking, model, tools, thinking: { type: 'enabled' as const, budget_tokens: 2_000 } };
  const first = await (how === 'whole' ? sdk.messages.create(body) : sdk.messages.stream(body).finalMessage());
  const told = results.map(({ id, text }) => ({ type: 'tool_result' as const, tool_use_id: id, content: text }));
  const messages = [
    asked,
    { role: 'assistant' as const, content: first.content },
    { role: 'user' as const, content: told },
  ];
  await sdk.messages.create({ ...body, messages });
  expect(heard('anthropic', place.calls(model)[1])).toMatchObject({ thinking: [thinking], calls, results });
});

test('the version and the betas that a client speaks reach an Anthropic upstream, with our key and not its own', async () => {
  const model = await place.answering('anthropic', { pieces: ['It is.'] });
  await sdk.beta.messages.create({ ...asking, model, betas: ['context-1m-2025-08-07'] });
  expect(place.calls(model)[0]?.headers).toMatchObject({
    'anthropic-version': '2026-10-21',
    'anthropic-beta': 'context-1m-2025-08-07',
    'x-api-key': `sk-${model}`,
  });
});
