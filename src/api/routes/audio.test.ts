import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { BadRequestError, NotFoundError, RateLimitError } from 'openai';
import { refused, silence } from '../../../test/fake-media-upstream.ts';
import { Gate } from '../../../test/fake-upstream.ts';
import { free } from '../../../test/media-deployment.ts';
import { mediaPlace, refusalOf } from '../../../test/media-place.ts';
import type { MediaPlace } from '../../../test/media-place.ts';

let place: MediaPlace;
let person: Awaited<ReturnType<MediaPlace['person']>>;

const spoken = { headers: { 'content-type': 'audio/mpeg' }, body: Uint8Array.of(0xff, 0xfb, 0x00, 0x80) };
const voice = 'alloy' as const;
const ttsPrices = { ...free, millionCharactersNanos: 15_000_000_000 };
const sttPrices = { ...free, audioSecondNanos: 100_000 };

beforeAll(async () => {
  place = await mediaPlace({ LARGE_BODY_LIMIT_BYTES: '2000000' });
  person = await place.person();
  for (const name of ['speaker', 'spare-speaker']) await place.model(name, { type: 'tts', prices: ttsPrices });
  for (const name of ['listener', 'spare-listener']) await place.model(name, { type: 'stt', prices: sttPrices });
  await place.model('mute', { type: 'tts', providerId: 'anthropic' });
  await place.model('deaf', { type: 'stt', providerId: 'anthropic' });
  await place.chain('tts', 'tts', ['speaker', 'spare-speaker']);
  await place.chain('stt', 'stt', ['listener', 'spare-listener']);
});
afterAll(() => place.close());

test('1,234 characters at 15,000,000,000 nano-dollars a million cost 18,510,000; audio arrives byte for byte', async () => {
  place.upstream.script('speaker', spoken);
  const response = await person.sdk.audio.speech.create({ model: 'speaker', voice, input: 'x'.repeat(1_234) });

  expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from(spoken.body));
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'audio/mpeg',
    'x-model': 'speaker',
    'x-cost-nanodollars': '18510000',
  });
  await expect(place.recordOf(response)).resolves.toMatchObject({
    operation: 'speech',
    characters: 1_234,
    costNanos: 18_510_000,
    estimated: false,
  });
});

test('61,234 ms of a recording at 100,000 nano-dollars a second cost 6,123,400', async () => {
  place.upstream.script('listener', { body: { text: 'Hello there.', duration: 61.234 } });
  const asked = { model: 'listener', file: silence(61_234), response_format: 'verbose_json' as const };
  const { data, response } = await person.sdk.audio.transcriptions.create(asked).withResponse();

  expect(data).toMatchObject({ text: 'Hello there.', duration: 61.234 });
  expect(response.headers.get('x-cost-nanodollars')).toBe('6123400');
  await expect(place.recordOf(response)).resolves.toMatchObject({
    operation: 'transcription',
    audioMs: 61_234,
    costNanos: 6_123_400,
    estimated: false,
  });
});

const textOf = (file: File) =>
  person.sdk.audio.transcriptions.create({ model: 'listener', file, response_format: 'text' }).withResponse();

test('a recording that the provider does not measure is measured here; one that nobody can is an estimate', async () => {
  place.upstream.script('listener', { headers: { 'content-type': 'text/plain' }, body: 'Hello.' });
  const measured = await textOf(silence(61_234));
  expect(measured.data).toBe('Hello.');
  await expect(place.recordOf(measured.response)).resolves.toMatchObject({ audioMs: 61_234, estimated: false });

  const { response } = await textOf(new File(['x'.repeat(10_000)], 'x.mp3'));
  await expect(place.recordOf(response)).resolves.toMatchObject({
    audioMs: 10_000,
    costNanos: 1_000_000,
    estimated: true,
  });
});

test('when the first deployment is down the second one speaks, and hears the whole recording again', async () => {
  place.upstream.script('speaker', refused(500, 'down'));
  place.upstream.script('spare-speaker', spoken);
  const speech = await person.sdk.audio.speech.create({ model: 'tts', voice, input: 'Hello.' });
  expect(Object.fromEntries(speech.headers)).toMatchObject({ 'x-model': 'spare-speaker', 'x-attempts': '2' });

  place.upstream.script('listener', { cut: true });
  place.upstream.script('spare-listener', { body: { text: 'Hello.' } });
  const asked = { model: 'stt', file: silence(2_000), timestamp_granularities: ['word' as const] };
  const { data, response } = await person.sdk.audio.transcriptions.create(asked).withResponse();
  expect([data.text, response.headers.get('x-attempts')]).toEqual(['Hello.', '2']);
  const { body } = place.upstream.calls('spare-listener').at(-1) ?? {};
  expect(body).toMatchObject({ model: 'spare-listener', 'timestamp_granularities[]': 'word' });
  expect(body?.['file']).toMatchObject({ size: 16_044, name: 'silence.wav' });
});

test('refusals are the SDK’s own errors', async () => {
  place.upstream.script('speaker', refused(400, 'no such voice'));
  const refusal = await refusalOf(person.sdk.audio.speech.create({ model: 'speaker', voice, input: 'Hello.' }));
  expect(refusal).toBeInstanceOf(BadRequestError);
  expect(String(refusal)).toContain('no such voice');

  const nobody = person.sdk.audio.transcriptions.create({ model: 'nobody', file: silence(100) });
  expect(await refusalOf(nobody)).toBeInstanceOf(NotFoundError);
});

test('what a recording may cost is held before it is sent: over the limit nobody hears it', async () => {
  place.upstream.script('listener', { body: { text: 'x' } });
  const poor = await place.person({ cost_nanos_per_day: 1_000_000 });
  const before = place.upstream.calls('listener').length;
  const hear = (ms: number) => poor.sdk.audio.transcriptions.create({ model: 'listener', file: silence(ms) });
  expect(await refusalOf(hear(11_000))).toBeInstanceOf(RateLimitError);
  await expect(hear(10_000)).resolves.toMatchObject({ text: 'x' });
  expect(await refusalOf(hear(1_000))).toBeInstanceOf(RateLimitError);
  expect(place.upstream.calls('listener')).toHaveLength(before + 1);

  const input = 'x'.repeat(100);
  expect(await refusalOf(poor.sdk.audio.speech.create({ model: 'speaker', voice, input }))).toBeInstanceOf(
    RateLimitError,
  );
});

test('a client that leaves cuts the provider, and what it may have heard is charged as an estimate', async () => {
  const gate = new Gate();
  place.upstream.script('listener', { before: gate });
  const leaver = await place.person();
  const client = new AbortController();
  const before = place.upstream.calls('listener').length;
  const file = silence(3_000);
  const call = leaver.sdk.audio.transcriptions.create({ model: 'listener', file }, { signal: client.signal });
  const refusal = refusalOf(call);
  await place.until(() => place.upstream.calls('listener').length > before);
  client.abort();
  await refusal;
  await place.upstream.calls('listener').at(-1)?.closed;
  gate.open();
  await expect(place.lastRecordOf(leaver.userId, 'client_gone')).resolves.toMatchObject({
    audioMs: 3_000,
    costNanos: 300_000,
    estimated: true,
  });
});

test.each([
  [{ input: 'x', voice }, 'model'],
  [{ model: 'speaker', voice }, 'input'],
  [{ model: 'speaker', input: 'x' }, 'voice'],
  [{ model: 'speaker', input: 'x', voice, speed: 9 }, 'speed'],
  [{ model: 'mute', input: 'x', voice }, 'model'],
])('speech that is not asked for right is a 400 whose param names the field: %j', async (body, param) => {
  const called = await person.call('POST /v1/audio/speech', { body });
  expect(called).toMatchObject({ status: 400, body: { error: { param } } });
});

/** Sends a form as it is. */
async function send(fields: [string, string | File][], headers: Record<string, string> = {}) {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  const response = await fetch(`${place.api.url}/v1/audio/transcriptions`, {
    method: 'POST',
    headers: { 'x-api-key': person.secret, ...headers },
    body: form,
  });
  return { status: response.status, body: await response.json() };
}

const model: [string, string] = ['model', 'listener'];
const file = (): [string, File] => ['file', silence(100)];

test.each([
  [[model], 'file'],
  [[['file', 'a text'], model], 'file'],
  [[['file', new File([], 'empty.mp3')], model], 'file'],
  [[file()], 'model'],
  [[file(), model, model], 'model'],
  [[file(), ['model', 'deaf']], 'model'],
  [[file(), model, ['response_format', 'docx']], 'response_format'],
  [[file(), model, ['stream', 'true']], 'stream'],
] satisfies [[string, string | File][], string][])(
  'a form that is not right is a 400 whose param names the field (%#)',
  async (fields, param) => {
    await expect(send(fields)).resolves.toMatchObject({ status: 400, body: { error: { param } } });
  },
);

test('what is no form, no whole form, too many fields or too large is refused as that', async () => {
  const target = 'POST /v1/audio/transcriptions';
  const headers = { 'content-type': 'multipart/form-data; boundary=x' };
  const json = await person.call(target, { body: { model: 'listener' } });
  const broken = await person.call(target, { raw: '--x\r\nnothing', headers });
  const unbound = await person.call(target, { raw: 'x', headers: { 'content-type': 'multipart/form-data' } });
  expect([json.status, broken.status, unbound.status]).toEqual([415, 400, 400]);

  const many = Array.from({ length: 70 }, (_, at): [string, string] => [`field${at}`, 'x']);
  await expect(send([file(), model, ...many])).resolves.toMatchObject({ status: 400 });
  await expect(send([['file', silence(250_000)], model])).resolves.toMatchObject({ status: 413 });
});
