import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Output, generateText, isStepCount, streamText, tool } from 'ai';
import { z } from 'zod';
import { languageModel, pairs, thinkingAloud } from './ai-sdk-place.ts';
import { calls, pictureUrl, pictures, pixel, question, results, weather, weatherIn } from './conversation.ts';
import { heard } from './heard.ts';
import { judgesPlace } from './place.ts';
import type { JudgesPlace } from './place.ts';

/** The judge: npm `ai` with `@ai-sdk/openai-compatible` and `@ai-sdk/anthropic`. */
let place: JudgesPlace;
beforeAll(async () => {
  place = await judgesPlace();
});
afterAll(() => place.close());

const { description } = weather;
const tools = {
  weather: tool({
    description,
    inputSchema: z.object({ city: z.string() }),
    execute: ({ city }) => weatherIn(city),
  }),
};
const used = { cacheRead: 7, out: 3 };
const usage = { inputTokens: 17, outputTokens: 3, totalTokens: 20, inputTokenDetails: { cacheReadTokens: 7 } };

describe.each(pairs)('%s before an upstream in the format of %s', (provider, format) => {
  const model = (name: string) => languageModel(provider, place)(name);

  test('generates a text, with how it ended and what was used', async () => {
    const name = await place.answering(format, { pieces: ['It ', 'is.'], used });
    const answer = await generateText({ model: model(name), prompt: question, instructions: 'Be short.' });
    expect(answer).toMatchObject({ text: 'It is.', finishReason: 'stop', usage });
    expect(answer.response.modelId).toBe(name);
  });

  test('streams a text, with how it ended and what was used', async () => {
    const name = await place.answering(format, { pieces: ['It ', 'is', '.'], used });
    const result = streamText({ model: model(name), prompt: question });
    const pieces: string[] = [];
    for await (const piece of result.textStream) pieces.push(piece);
    expect(pieces).toEqual(['It ', 'is', '.']);
    expect([await result.finishReason, await result.usage]).toMatchObject(['stop', usage]);
  });

  test.each([
    ['cut', 'length'],
    ['refused', 'content-filter'],
  ] as const)('an answer that is %s says so, whole and streamed', async (end, reason) => {
    const name = await place.answering(format, { pieces: ['It '], end });
    const whole = await generateText({ model: model(name), prompt: question });
    const streamed = streamText({ model: model(name), prompt: question });
    await streamed.consumeStream();
    expect([whole.finishReason, await streamed.finishReason]).toEqual([reason, reason]);
  });

  test.each(['whole', 'streamed'])('runs two tools of one %s answer and goes on with both results', async (how) => {
    const name = await place.answering(format, { pieces: ['Let me see.'], calls }, { pieces: ['In both.'] });
    const asked = { model: model(name), prompt: question, tools, stopWhen: isStepCount(2) };
    const answer = how === 'whole' ? await generateText(asked) : streamText(asked);
    expect(await answer.text).toBe('In both.');
    expect(heard(format, place.calls(name)[1])).toMatchObject({ tools: ['weather'], calls, results });
  });

  test('shows pictures by their address and by their data', async () => {
    const name = await place.answering(format, { pieces: ['It is.'] });
    const shown = [new URL(pictureUrl), pixel].map((data) => ({ type: 'file' as const, mediaType: 'image/png', data }));
    const content = [{ type: 'text' as const, text: question }, ...shown];
    await generateText({ model: model(name), messages: [{ role: 'user', content }] });
    expect(heard(format, place.calls(name)[0]).pictures).toEqual(pictures);
  });

  test('tells the reasoning apart from the text, whole and streamed', async () => {
    const name = await place.answering(format, { thinking: 'Look up.', pieces: ['It is.'], used: { thinking: 3 } });
    const asked = { model: model(name), prompt: question, providerOptions: thinkingAloud[provider] };
    const whole = await generateText(asked);
    const streamed = streamText(asked);
    expect([whole.reasoningText, whole.text]).toEqual(['Look up.', 'It is.']);
    expect([await streamed.reasoningText, await streamed.text]).toEqual(['Look up.', 'It is.']);
    for (const { outputTokenDetails } of [whole.usage, await streamed.usage]) {
      expect(outputTokenDetails.reasoningTokens).toBe(3);
    }
  });

  test('goes on from its reasoning when it has run its tools', async () => {
    const name = await place.answering(format, { thinking: 'Look up.', calls }, { pieces: ['In both.'] });
    const providerOptions = thinkingAloud[provider];
    const asked = { model: model(name), prompt: question, tools, stopWhen: isStepCount(2), providerOptions };
    await expect(generateText(asked)).resolves.toMatchObject({ text: 'In both.' });
    expect(heard(format, place.calls(name)[1])).toMatchObject({ calls, results });
  });

  test('generates an object by a schema, whole and streamed', async () => {
    const name = await place.answering(format, { pieces: ['{"city":', '"Paris"}'] });
    const output = Output.object({ schema: z.object({ city: z.string() }) });
    const whole = await generateText({ model: model(name), prompt: question, output });
    const streamed = streamText({ model: model(name), prompt: question, output });
    expect([whole.output, await streamed.output]).toEqual([{ city: 'Paris' }, { city: 'Paris' }]);
  });
});

test('the signature of Anthropic stays with its thinking through a run of tools', async () => {
  const thinking = { thinking: 'Look up.', signature: 'c2lnbmVkIGJ5IGl0' };
  const name = await place.answering('anthropic', { ...thinking, calls }, { pieces: ['In both.'] });
  const result = streamText({
    model: languageModel('@ai-sdk/anthropic', place)(name),
    prompt: question,
    tools,
    stopWhen: isStepCount(2),
    providerOptions: thinkingAloud['@ai-sdk/anthropic'],
  });
  await result.consumeStream();
  expect(heard('anthropic', place.calls(name)[1])).toMatchObject({ thinking: [thinking], calls, results });
});
