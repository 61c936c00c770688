import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fakeMediaUpstream, pictures } from '../../../../test/fake-media-upstream.ts';
import type { FakeMediaUpstream } from '../../../../test/fake-media-upstream.ts';
import { attempted, deploymentOf } from '../../../../test/media-deployment.ts';
import type { DeploymentChanges } from '../../../../test/media-deployment.ts';
import type { ImagesRequest } from '../formats/images/request.ts';
import { imagesOperation } from './images.ts';

let upstream: FakeMediaUpstream;
beforeAll(async () => {
  upstream = await fakeMediaUpstream();
});
afterAll(() => upstream.close());

const byPicture = { imageNanos: 40_000_000 };
const byTokens = { inputNanos: 5_000_000_000, outputNanos: 40_000_000_000 };

function prepared(request: Partial<ImagesRequest> = {}, changes: DeploymentChanges = {}) {
  const deployment = deploymentOf({ type: 'image', provider: { baseUrl: upstream.url }, ...changes });
  const asked = { model: 'public', prompt: 'a cat', ...request };
  return imagesOperation(asked, () => new Date()).prepare(deployment);
}

test('a model that is paid by the picture holds pictures, one that is paid by tokens holds its most for each', () => {
  const request = { n: 3 };
  expect(prepared(request, { prices: byPicture }).worst).toMatchObject({ images: 3, inputTokens: 0, outputTokens: 0 });
  expect(prepared(request, { prices: byTokens, maxOutputTokens: 6_240 }).worst).toMatchObject({
    images: 3,
    inputTokens: 2,
    outputTokens: 3 * 6_240,
  });
});

const drawnAt = (prices: object) => prepared({ n: 2 }, { prices }).ask(attempted());

test('what came is what is paid for: pictures, and tokens where they have a price', async () => {
  const usage = { input_tokens: 12, output_tokens: 4_160, total_tokens: 4_172 };
  upstream.script('private', pictures(2, usage));
  await expect(drawnAt(byPicture)).resolves.toMatchObject({ usage: { images: 2, inputTokens: 0, outputTokens: 0 } });
  await expect(drawnAt(byTokens)).resolves.toMatchObject({
    usage: { images: 2, inputTokens: 12, outputTokens: 4_160 },
  });
  await expect(drawnAt({ ...byPicture, ...byTokens })).resolves.toMatchObject({
    usage: { images: 2, outputTokens: 4_160 },
  });
});

test('tokens that have a price and are not told are estimated', async () => {
  upstream.script('private', pictures(1));
  const ready = prepared({}, { prices: byTokens, maxOutputTokens: 100 });
  await expect(ready.ask(attempted())).resolves.toMatchObject({ kind: 'answer', usage: null });
  expect(ready.estimate('')).toMatchObject({ images: 1, outputTokens: 100 });
});

test('fields that only this provider knows reach it, and its own reach the client', async () => {
  upstream.script('private', { body: { created: 1, data: [{ url: 'https://example.com/1.png' }], extra: 1 } });
  const reply = await prepared({ response_format: 'url', background: 'transparent' }).ask(attempted());
  expect(upstream.calls('private').at(-1)?.body).toEqual({
    model: 'private',
    prompt: 'a cat',
    response_format: 'url',
    background: 'transparent',
  });
  if (reply.kind !== 'answer') throw new Error('expected an answer');
  expect(JSON.parse(String(reply.answer.body))).toMatchObject({
    data: [{ url: 'https://example.com/1.png' }],
    extra: 1,
  });
});

test('an answer without pictures is none', async () => {
  upstream.script('private', pictures(0));
  await expect(prepared().ask(attempted())).resolves.toMatchObject({ kind: 'failed', reason: 'bad-answer' });
});

test('a provider in Anthropic’s format is not asked; a ComfyUI without a workflow is not set up', () => {
  expect(() => prepared({}, { provider: { wireFormat: 'anthropic' } })).toThrow('model: public draws no pictures.');
  expect(() => prepared({}, { provider: { wireFormat: 'comfyui' } })).toThrow(
    expect.objectContaining({ code: 'unavailable' }),
  );
});
