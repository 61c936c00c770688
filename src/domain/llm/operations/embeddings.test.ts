import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { embeddings, fakeMediaUpstream, refused } from '../../../../test/fake-media-upstream.ts';
import type { FakeMediaUpstream } from '../../../../test/fake-media-upstream.ts';
import { attempted, deploymentOf } from '../../../../test/media-deployment.ts';
import { embeddingsRequest } from '../formats/embeddings/request.ts';
import { embeddingsOperation } from './embeddings.ts';

let upstream: FakeMediaUpstream;
beforeAll(async () => {
  upstream = await fakeMediaUpstream();
});
afterAll(() => upstream.close());

const operationFor = (input: unknown, changes: object = {}) =>
  embeddingsOperation(embeddingsRequest.parse({ model: 'public', input, ...changes }));
const ask = (input: unknown, changes?: object) => {
  const deployment = deploymentOf({ type: 'embedding', provider: { baseUrl: upstream.url } });
  return operationFor(input, changes).prepare(deployment).ask(attempted());
};

test.each([
  ['hello world', 2, 2],
  [['hello world', 'hi'], 3, 2],
  [[1, 2, 3, 4], 4, 4],
  [[[1, 2, 3], [4]], 4, 3],
])('of %j all tokens are held, and the longest input must fit the context', (input, all, longest) => {
  const operation = operationFor(input);
  expect(operation.prepare(deploymentOf()).worst).toMatchObject({ inputTokens: all, outputTokens: 0 });
  expect(operation.needs).toMatchObject({ types: ['embedding'], inputTokens: longest });
});

test('the request goes out as it came but for the model, and the answer comes under the public name', async () => {
  upstream.script('private', embeddings(9));
  const reply = await ask(['a', 'b'], { encoding_format: 'base64', dimensions: 2, vendor_extra: { kept: true } });

  expect(upstream.calls('private').at(-1)).toMatchObject({
    path: '/embeddings',
    headers: { authorization: 'Bearer sk-somebody' },
    body: {
      model: 'private',
      input: ['a', 'b'],
      encoding_format: 'base64',
      dimensions: 2,
      vendor_extra: { kept: true },
    },
  });
  if (reply.kind !== 'answer') throw new Error('expected an answer');
  expect(reply.usage).toMatchObject({ inputTokens: 9, outputTokens: 0 });
  expect(JSON.parse(String(reply.answer.body))).toMatchObject({ model: 'public', data: [{ embedding: [0.25, -0.5] }] });
});

test('a provider that does not tell leaves the count to us', async () => {
  upstream.script('private', embeddings(null));
  await expect(ask('a')).resolves.toMatchObject({ kind: 'answer', usage: null });
  expect(operationFor('hello world').prepare(deploymentOf()).estimate('')).toMatchObject({ inputTokens: 2 });
});

test.each([
  [{ body: { error: { message: 'overloaded' } } }, { reason: 'bad-answer', message: 'overloaded' }],
  [{ body: { object: 'list', data: [] } }, { reason: 'bad-answer' }],
  [{ body: '<html>' }, { reason: 'bad-answer' }],
  [refused(429, 'slow'), { reason: 'status', status: 429, message: 'slow' }],
  [{ cut: true }, { reason: 'network' }],
])('what is no answer is a failure: %j', async (reply, failure) => {
  upstream.script('private', reply);
  await expect(ask('a')).resolves.toMatchObject({ kind: 'failed', ...failure });
});

test.each(['anthropic', 'comfyui'] as const)('a provider of the format %s is not asked', (wireFormat) => {
  const prepare = () => operationFor('a').prepare(deploymentOf({ provider: { wireFormat } }));
  expect(prepare).toThrow('model: public makes no embeddings.');
});
