import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fakeMediaUpstream, silence } from '../../../../test/fake-media-upstream.ts';
import type { FakeMediaUpstream } from '../../../../test/fake-media-upstream.ts';
import { attempted, deploymentOf } from '../../../../test/media-deployment.ts';
import { transcriptionRequest } from '../formats/audio/transcription-request.ts';
import { transcriptionOperation } from './transcription.ts';

let upstream: FakeMediaUpstream;
beforeAll(async () => {
  upstream = await fakeMediaUpstream();
});
afterAll(() => upstream.close());

const bySecond = { audioSecondNanos: 100_000 };
const byTokens = { inputNanos: 2_500_000_000, outputNanos: 10_000_000_000 };
const noRecording = new File(['x'.repeat(10_000)], 'x.mp3');

async function prepared(request: object = {}, prices: object = bySecond) {
  const deployment = deploymentOf({ type: 'stt', provider: { baseUrl: upstream.url }, prices });
  const asked = transcriptionRequest.parse({ file: silence(1_234), model: 'public', ...request });
  return (await transcriptionOperation(asked)).prepare(deployment);
}

const asked = async (...how: Parameters<typeof prepared>) => (await prepared(...how)).ask(attempted());

test('what is held is the recording, to the second that has begun', async () => {
  await expect(prepared()).resolves.toMatchObject({ worst: { audioMs: 2_000, inputTokens: 0, outputTokens: 0 } });
  await expect(prepared({}, byTokens)).resolves.toMatchObject({
    worst: { audioMs: 2_000, inputTokens: 25, outputTokens: 1_000 },
  });
});

test('the form goes out as it came but for the model, on each attempt anew', async () => {
  upstream.script('private', { body: { text: 'Hello.' } });
  const extras = { language: 'en', 'timestamp_granularities[]': ['word', 'segment'], vendor_extra: 'kept' };
  const ready = await prepared({ response_format: 'verbose_json', ...extras });
  await ready.ask(attempted());
  await ready.ask(attempted());

  const calls = upstream.calls('private').slice(-2);
  for (const { path, body, headers } of calls) {
    expect(path).toBe('/audio/transcriptions');
    expect(headers['content-length']).toBeDefined();
    expect(body).toMatchObject({ model: 'private', response_format: 'verbose_json', ...extras });
    const { file } = body;
    if (!(file instanceof File)) throw new Error('expected a file');
    expect([file.name, file.type]).toEqual(['silence.wav', 'audio/wav']);
    expect(Buffer.from(await file.bytes()).equals(Buffer.from(await silence(1_234).bytes()))).toBe(true);
  }
});

test.each([
  ['what the provider bills', { text: 'x', usage: { type: 'duration', seconds: 2 }, duration: 1.234 }, 2_000],
  ['what it heard', { text: 'x', duration: 61.234 }, 61_234],
  ['what it heard, as a text', { text: 'x', duration: '61.23400115966797' }, 61_234],
  ['our own measure', { text: 'x' }, 1_234],
  ['our own measure, when its word makes no sense', { text: 'x', duration: 1e15 }, 1_234],
])('seconds are paid by %s', async (_, body, audioMs) => {
  upstream.script('private', { body });
  await expect(asked()).resolves.toMatchObject({ kind: 'answer', usage: { audioMs, inputTokens: 0 } });
});

test('a recording that nobody could measure is held and charged by its size, as an estimate', async () => {
  upstream.script('private', { body: { text: 'x' } });
  const ready = await prepared({ file: noRecording });
  expect(ready.worst).toMatchObject({ audioMs: 10_000 });
  await expect(ready.ask(attempted())).resolves.toMatchObject({ kind: 'answer', usage: null });
  expect(ready.estimate('x')).toMatchObject({ audioMs: 10_000 });
});

test('a model that is paid by tokens is paid by those that it tells, else by an estimate', async () => {
  const usage = { type: 'tokens', input_tokens: 14, output_tokens: 45, total_tokens: 59 };
  upstream.script('private', { body: { text: 'hello world', usage } }, { body: { text: 'hello world' } });
  await expect(asked({}, byTokens)).resolves.toMatchObject({ usage: { inputTokens: 14, outputTokens: 45 } });
  const ready = await prepared({}, byTokens);
  await expect(ready.ask(attempted())).resolves.toMatchObject({ usage: null, written: 'hello world' });
  expect(ready.estimate('hello world')).toMatchObject({ audioMs: 1_234, inputTokens: 25, outputTokens: 2 });
});

test('subtitles and text come through as text', async () => {
  upstream.script('private', { headers: { 'content-type': 'text/html' }, body: '1\n00:00:00,000 --> …' });
  await expect(asked({ response_format: 'srt' })).resolves.toMatchObject({
    answer: { contentType: 'text/plain; charset=utf-8', body: '1\n00:00:00,000 --> …' },
    usage: { audioMs: 1_234 },
  });
});

test('a JSON answer without a text is none', async () => {
  upstream.script('private', { body: { error: { message: 'bad audio' } } }, { body: { words: [] } });
  await expect(asked()).resolves.toMatchObject({ kind: 'failed', reason: 'bad-answer', message: 'bad audio' });
  await expect(asked()).resolves.toMatchObject({ kind: 'failed', reason: 'bad-answer' });
});
