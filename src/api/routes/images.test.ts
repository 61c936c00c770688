import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { APIError, BadRequestError, RateLimitError } from 'openai';
import { workflow } from '../../../test/fake-comfyui.ts';
import { pictures, refused } from '../../../test/fake-media-upstream.ts';
import { free } from '../../../test/media-deployment.ts';
import { mediaPlace, refusalOf } from '../../../test/media-place.ts';
import type { MediaPlace } from '../../../test/media-place.ts';

let place: MediaPlace;
let person: Awaited<ReturnType<MediaPlace['person']>>;

const prices = { ...free, imageNanos: 40_000_000 };
const prompt = 'a white siamese cat';
const options = { workflow, defaults: { steps: 20, width: 1024, height: 1024 }, poll_ms: 1 };

beforeAll(async () => {
  place = await mediaPlace();
  person = await place.person();
  await place.model('painter', { type: 'image', prices });
  await place.model('token-painter', {
    type: 'image',
    prices: { ...free, inputNanos: 5_000_000_000, outputNanos: 40_000_000_000 },
  });
  await place.model('local-painter', { type: 'image', prices, providerId: 'comfyui', options });
  await place.model('no-painter', { type: 'image', prices, providerId: 'anthropic' });
  await place.chain('image', 'image', ['painter', 'local-painter']);
  await place.chain('local-first', 'image', ['local-painter', 'painter']);
});
afterAll(() => place.close());

test('three pictures at 40,000,000 nano-dollars cost 120,000,000', async () => {
  place.upstream.script('painter', pictures(3));
  const { data, response } = await person.sdk.images.generate({ model: 'painter', prompt, n: 3 }).withResponse();

  expect(data.data).toHaveLength(3);
  expect(response.headers.get('x-cost-nanodollars')).toBe('120000000');
  await expect(place.recordOf(response)).resolves.toMatchObject({
    operation: 'images',
    images: 3,
    inputTokens: 0,
    outputTokens: 0,
    costNanos: 120_000_000,
    estimated: false,
  });
});

test('a picture that is billed by tokens costs its tokens', async () => {
  place.upstream.script('token-painter', pictures(1, { input_tokens: 50, output_tokens: 4_160, total_tokens: 4_210 }));
  const { response } = await person.sdk.images.generate({ model: 'token-painter', prompt }).withResponse();
  expect(response.headers.get('x-cost-nanodollars')).toBe(String(50 * 5_000 + 4_160 * 40_000));
});

test('a ComfyUI draws for the OpenAI SDK, at the price of a picture', async () => {
  const asked = { model: 'local-painter', prompt, n: 2, size: '1024x1536' as const };
  const { data, response } = await person.sdk.images.generate(asked).withResponse();

  expect(Buffer.from(data.data?.[1]?.b64_json ?? '', 'base64').toString()).toBe('PNG ComfyUI_1_.png');
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'x-model': 'local-painter',
    'x-provider': 'comfyui',
    'x-cost-nanodollars': '80000000',
  });
  await expect(place.recordOf(response)).resolves.toMatchObject({ images: 2, estimated: false, success: true });
});

test('when a ComfyUI fails somebody else draws, and the other way round', async () => {
  place.comfy.script({ error: 'CUDA out of memory' }, 'success');
  place.upstream.script('painter', pictures(1), refused(503, 'down'));
  for (const [model, answered] of [
    ['local-first', 'painter'],
    ['image', 'local-painter'],
  ] as const) {
    const { response } = await person.sdk.images.generate({ model, prompt }).withResponse();
    expect(Object.fromEntries(response.headers)).toMatchObject({ 'x-model': answered, 'x-attempts': '2' });
  }
});

test('a ComfyUI that fails alone is one error', async () => {
  place.comfy.script({ error: 'CUDA out of memory' });
  const failed = await refusalOf(person.sdk.images.generate({ model: 'local-painter', prompt }));
  expect(failed).toBeInstanceOf(APIError);
  expect(failed).toMatchObject({ status: 502, code: 'upstream_failed' });
  expect(String(failed)).not.toContain('CUDA'); // what goes on in a provider's machine is for operators
  place.comfy.script('success');
});

test('a client that leaves interrupts the drawing, and is charged for what it had begun', async () => {
  place.comfy.script('held');
  const leaver = await place.person();
  const client = new AbortController();
  const before = place.comfy.jobs.length;
  const refusal = refusalOf(leaver.sdk.images.generate({ model: 'local-painter', prompt }, { signal: client.signal }));
  await place.until(() => place.comfy.jobs[before]?.state === 'running');
  client.abort();
  await refusal;
  await place.until(() => place.comfy.jobs[before]?.state === 'over');
  await expect(place.lastRecordOf(leaver.userId, 'client_gone')).resolves.toMatchObject({
    images: 1,
    costNanos: 40_000_000,
    estimated: true,
  });
  place.comfy.script('success');
});

test.each([
  ['local-painter', { response_format: 'url' }, 'response_format'],
  ['local-painter', { quality: 'hd' }, 'quality'],
  ['no-painter', {}, 'model'],
  ['painter', { n: 0 }, 'n'],
  ['painter', { size: 'huge' }, 'size'],
  ['painter', { stream: true }, 'stream'],
  ['painter', { prompt: '' }, 'prompt'],
])('what cannot be drawn is a 400 whose param names the field: %s %j', async (model, changes, param) => {
  const called = await person.call('POST /v1/images/generations', { body: { model, prompt, ...changes } });
  expect(called).toMatchObject({ status: 400, body: { error: { param } } });
});

test('where one of a chain cannot do it, the other one is asked', async () => {
  place.upstream.script('painter', { body: { created: 1, data: [{ url: 'https://example.com/1.png' }] } });
  const asked = { model: 'local-first', prompt, response_format: 'url' as const };
  const { data, response } = await person.sdk.images.generate(asked).withResponse();
  expect(data.data?.[0]?.url).toBe('https://example.com/1.png');
  expect(Object.fromEntries(response.headers)).toMatchObject({ 'x-model': 'painter', 'x-attempts': '1' });
});

test('ten at once against a budget of three pictures draw three', async () => {
  place.upstream.script('painter', pictures(1));
  const poor = await place.person({ cost_nanos_per_day: 120_000_000 });
  const before = place.upstream.calls('painter').length;
  const calls = Array.from({ length: 10 }, () => poor.sdk.images.generate({ model: 'painter', prompt }));
  const refusals = (await Promise.allSettled(calls)).flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));

  expect(place.upstream.calls('painter')).toHaveLength(before + 3);
  expect(refusals).toHaveLength(7);
  for (const refusal of refusals) expect(refusal).toBeInstanceOf(RateLimitError);
});

test('a refusal of the provider is the SDK’s own error', async () => {
  place.upstream.script('painter', refused(400, 'Your request was rejected by the safety system.'));
  const { sdk } = await place.person();
  const failed = await refusalOf(sdk.images.generate({ model: 'painter', prompt }));
  expect(failed).toBeInstanceOf(BadRequestError);
  expect(String(failed)).toContain('safety system');
});
