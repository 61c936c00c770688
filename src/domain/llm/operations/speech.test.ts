import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fakeMediaUpstream, speechEvents } from '../../../../test/fake-media-upstream.ts';
import type { FakeMediaUpstream } from '../../../../test/fake-media-upstream.ts';
import { attempted, deploymentOf } from '../../../../test/media-deployment.ts';
import { speechRequest } from '../formats/audio/speech-request.ts';
import { speechOperation } from './speech.ts';

let upstream: FakeMediaUpstream;
beforeAll(async () => {
  upstream = await fakeMediaUpstream();
});
afterAll(() => upstream.close());

const byCharacter = { millionCharactersNanos: 15_000_000_000 };
const byTokens = { inputNanos: 600_000_000, outputNanos: 12_000_000_000 };
const usage = { input_tokens: 3, output_tokens: 40, total_tokens: 43 };

function prepared(request: object = {}, prices: object = byCharacter) {
  const deployment = deploymentOf({ type: 'tts', provider: { baseUrl: upstream.url }, prices });
  const asked = speechRequest.parse({ model: 'public', input: 'hello world', voice: 'alloy', ...request });
  return speechOperation(asked).prepare(deployment);
}

async function answerOf(ready: ReturnType<typeof prepared>) {
  const reply = await ready.ask(attempted());
  if (reply.kind !== 'answer') throw new Error('expected an answer');
  return { ...reply, ...reply.answer, body: Buffer.from(reply.answer.body).toString('latin1') };
}

test('characters are counted as they are read: what takes two units of UTF-16 is one', () => {
  expect(prepared({ input: 'héllo 👋' }).worst).toMatchObject({ characters: 7, inputTokens: 0, outputTokens: 0 });
});

test('audio passes through byte for byte, with its type, and characters are its exact usage', async () => {
  upstream.script('private', {
    headers: { 'content-type': 'audio/flac' },
    body: Uint8Array.of(0x66, 0x4c, 0x00, 0xff),
  });
  await expect(answerOf(prepared({ response_format: 'flac', instructions: 'calm' }))).resolves.toMatchObject({
    contentType: 'audio/flac',
    body: 'fL\u0000\u00ff',
    usage: { characters: 11, outputTokens: 0 },
  });
  expect(upstream.calls('private').at(-1)).toMatchObject({
    path: '/audio/speech',
    body: { model: 'private', input: 'hello world', voice: 'alloy', response_format: 'flac', instructions: 'calm' },
  });
});

test('a type that is not of audio is not served under our name', async () => {
  upstream.script('private', { headers: { 'content-type': 'text/html' }, body: 'ID3' });
  await expect(answerOf(prepared())).resolves.toMatchObject({ contentType: 'audio/mpeg' });
  await expect(answerOf(prepared({ response_format: 'odd' }))).resolves.toMatchObject({
    contentType: 'application/octet-stream',
  });
});

test('a model that is paid by tokens is asked for events, which tell them, and the client gets audio', async () => {
  upstream.script('private', speechEvents(['one ', 'two'], usage));
  await expect(answerOf(prepared({}, byTokens))).resolves.toMatchObject({
    contentType: 'audio/mpeg',
    body: 'one two',
    usage: { inputTokens: 3, outputTokens: 40, characters: 11 },
  });
  expect(upstream.calls('private').at(-1)?.body).toMatchObject({ stream_format: 'sse' });
});

test('a client that asks for events gets them', async () => {
  upstream.script('private', speechEvents(['one'], usage));
  const answer = await answerOf(prepared({ stream_format: 'sse' }));
  expect(answer).toMatchObject({ contentType: 'text/event-stream', usage: { characters: 11, outputTokens: 0 } });
  expect(answer.body).toContain('speech.audio.done');
});

test('tokens that nobody told are estimated from the text, up to the most of the model', async () => {
  upstream.script('private', { headers: { 'content-type': 'audio/mpeg' }, body: 'ID3' });
  const ready = prepared({}, byTokens);
  await expect(answerOf(ready)).resolves.toMatchObject({ usage: null });
  expect(ready.estimate('')).toMatchObject({ inputTokens: 2, outputTokens: 55 });
  expect(ready.worst).toMatchObject({ inputTokens: 2, outputTokens: 1_000 });
});

test.each([
  [{ body: { error: { message: 'no such voice' } } }, 'no such voice'],
  [{ headers: { 'content-type': 'audio/mpeg' }, body: '' }, 'The answer was empty.'],
  [
    {
      headers: { 'content-type': 'text/event-stream' },
      body: 'data: {"type":"speech.audio.delta","audio":"AA=="}\n\n',
    },
    'The stream ended in the middle.',
  ],
  [
    { headers: { 'content-type': 'text/event-stream' }, body: 'data: {"error":{"message":"too busy"}}\n\n' },
    'too busy',
  ],
])('what is no audio is a failure: %j', async (reply, message) => {
  upstream.script('private', reply);
  await expect(prepared().ask(attempted())).resolves.toMatchObject({ kind: 'failed', reason: 'bad-answer', message });
});
