import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { OpenAI } from 'openai';
import type { ResponseOutputItem } from 'openai/resources/responses/responses';
import { z } from 'zod';
import { formats } from './answer.ts';
import { calls, pictures, question, results, weather } from './conversation.ts';
import { heard } from './heard.ts';
import { judgesPlace } from './place.ts';
import type { JudgesPlace } from './place.ts';

/** The judge: npm `openai`, its responses; no upstream speaks that format. */
let place: JudgesPlace;
let sdk: OpenAI;
beforeAll(async () => {
  place = await judgesPlace();
  sdk = new OpenAI({ baseURL: place.baseUrl, apiKey: place.key, maxRetries: 0 });
});
afterAll(() => place.close());

const asked = { role: 'user' as const, content: question };
const tools = [
  {
    type: 'function' as const,
    name: weather.name,
    description: weather.description,
    parameters: weather.input,
    strict: true,
  },
];

describe.each(formats)('an upstream in the format of %s', (format) => {
  test('answers under its public name, with how it ended and what was used', async () => {
    const model = await place.answering(format, { pieces: ['It ', 'is.'], used: { cacheRead: 7, out: 3 } });
    const response = await sdk.responses.create({ model, input: question, instructions: 'Be short.' });
    expect(response).toMatchObject({
      model,
      status: 'completed',
      output_text: 'It is.',
      usage: { input_tokens: 17, output_tokens: 3, total_tokens: 20, input_tokens_details: { cached_tokens: 7 } },
    });
  });

  test('streams what the helper puts together again', async () => {
    const model = await place.answering(format, { pieces: ['It ', 'is', '.'], used: { cacheRead: 7, out: 3 } });
    const stream = sdk.responses.stream({ model, input: question });
    const pieces: string[] = [];
    stream.on('response.output_text.delta', ({ delta }) => pieces.push(delta));
    const response = await stream.finalResponse();
    expect(pieces).toEqual(['It ', 'is', '.']);
    expect(response).toMatchObject({
      model,
      status: 'completed',
      output_text: 'It is.',
      usage: { input_tokens: 17, output_tokens: 3 },
    });
  });

  test('that is cut short leaves the response incomplete, whole and streamed', async () => {
    const model = await place.answering(format, { pieces: ['It '], end: 'cut' });
    const cut = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
    await expect(sdk.responses.create({ model, input: question })).resolves.toMatchObject(cut);
    await expect(sdk.responses.stream({ model, input: question }).finalResponse()).resolves.toMatchObject(cut);
  });

  test.each(['whole', 'streamed'])('calls two tools in one %s answer and takes both results', async (how) => {
    const model = await place.answering(format, { pieces: ['Let me see.'], calls }, { pieces: ['In both.'] });
    const ask = (input: OpenAI.Responses.ResponseInput) =>
      how === 'whole'
        ? sdk.responses.create({ model, input, tools })
        : sdk.responses.stream({ model, input, tools }).finalResponse();
    const first = await ask([asked]);
    expect(callsIn(first.output)).toEqual(calls);

    const told = results.map(({ id, text }) => ({ type: 'function_call_output' as const, call_id: id, output: text }));
    const second = await ask([asked, ...first.output.map(asInput), ...told]);
    expect(second.output_text).toBe('In both.');
    expect(heard(format, place.calls(model)[1])).toMatchObject({ tools: ['weather'], calls, results });
  });

  test('is shown pictures by their address and by their data', async () => {
    const model = await place.answering(format, { pieces: ['It is.'] });
    const shown = pictures.map((url) => ({ type: 'input_image' as const, image_url: url, detail: 'auto' as const }));
    const content = [{ type: 'input_text' as const, text: question }, ...shown];
    await sdk.responses.create({ model, input: [{ role: 'user', content }] });
    expect(heard(format, place.calls(model)[0]).pictures).toEqual(pictures);
  });

  test.each(['whole', 'streamed'])('reasons aloud in a %s answer, and tells what that took', async (how) => {
    const model = await place.answering(format, { thinking: 'Look up.', pieces: ['It is.'], used: { thinking: 3 } });
    const about = { model, input: question, reasoning: { effort: 'low' as const, summary: 'auto' as const } };
    const response = await (how === 'whole'
      ? sdk.responses.create(about)
      : sdk.responses.stream(about).finalResponse());
    expect(response.output.map(({ type }) => type)).toEqual(['reasoning', 'message']);
    expect(JSON.stringify(response.output[0])).toContain('Look up.');
    expect(response.usage?.output_tokens_details.reasoning_tokens).toBe(3);
  });
});

test.each(['whole', 'streamed'])('thinking of a %s answer comes back to Anthropic with its signature', async (how) => {
  const thinking = { thinking: 'Look up.', signature: 'c2lnbmVkIGJ5IGl0' };
  const model = await place.answering('anthropic', { ...thinking, calls }, { pieces: ['In both.'] });
  const about = { model, tools, include: ['reasoning.encrypted_content' as const], store: false };
  const first = await (how === 'whole'
    ? sdk.responses.create({ ...about, input: [asked] })
    : sdk.responses.stream({ ...about, input: [asked] }).finalResponse());
  const told = results.map(({ id, text }) => ({ type: 'function_call_output' as const, call_id: id, output: text }));
  await sdk.responses.create({ ...about, input: [asked, ...first.output.map(asInput), ...told] });
  expect(heard('anthropic', place.calls(model)[1])).toMatchObject({ thinking: [thinking], calls, results });
});

function callsIn(output: ResponseOutputItem[]) {
  const items = output.filter((item) => item.type === 'function_call');
  return items.map(({ call_id: id, name, arguments: text }) => ({
    id,
    name,
    input: z.looseObject({}).parse(JSON.parse(text)),
  }));
}

/** What comes out of a response goes into the next one as it is; its types say less than that. */
function asInput(item: ResponseOutputItem): OpenAI.Responses.ResponseInputItem {
  if (item.type === 'message' || item.type === 'function_call' || item.type === 'reasoning') return item;
  throw new Error(`nobody asked for ${item.type}`);
}
