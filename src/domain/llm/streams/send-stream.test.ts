import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { chunk, CUT, Gate, streamOf, tokens } from '../../../../test/fake-upstream.ts';
import { asking, chunksOf, collect, dataIn, failureOf, llmPlace } from '../../../../test/llm-place.ts';
import type { LlmPlace } from '../../../../test/llm-place.ts';
import { eventually } from '../../../../test/usage-place.ts';

let place: LlmPlace;
beforeAll(async () => {
  place = await llmPlace();
});
afterAll(() => place.close());

test('a stream carries the public name and no usage that was not asked for, and ends with [DONE]', async () => {
  const caller = await place.newCaller();
  await place.model('spoken', { upstreamName: 'spoken-up' });
  place.upstream.script('spoken-up', streamOf(['a', 'b'], tokens(30, 2)));
  const { operation, call } = asking('spoken', { stream: true });
  const events = await collect(chunksOf(await place.llm.call(caller, operation, call)));

  expect(events.at(-1)).toBe('[DONE]');
  const chunks = events.slice(0, -1).map((event): unknown => JSON.parse(event));
  expect(chunks).toHaveLength(3);
  for (const each of chunks) expect(each).toMatchObject({ model: 'spoken', id: 'chatcmpl-fake' });
  expect(events.join('')).not.toContain('usage');
  expect(place.upstream.calls('spoken-up')[0]?.body).toMatchObject({ stream_options: { include_usage: true } });
  await expect(place.recordOf(call.requestId)).resolves.toMatchObject({
    inputTokens: 30,
    outputTokens: 2,
    streamed: true,
    success: true,
    firstTokenMs: expect.any(Number),
  });
});

test('usage that was asked for stays in the stream', async () => {
  const caller = await place.newCaller();
  await place.model('told');
  place.upstream.script('told', streamOf(['a'], tokens(30, 1)));
  const { operation, call } = asking('told', { stream: true, stream_options: { include_usage: true } });
  const events = await collect(chunksOf(await place.llm.call(caller, operation, call)));
  expect(JSON.parse(events.at(-2) ?? '')).toMatchObject({ choices: [], usage: { prompt_tokens: 30 } });
});

test('text that is split within a character arrives whole', async () => {
  const caller = await place.newCaller();
  await place.model('split');
  const bytes = Buffer.from(`data: ${JSON.stringify(chunk('你好'))}\n\n`);
  const halves = [bytes.subarray(0, bytes.indexOf('你') + 1), bytes.subarray(bytes.indexOf('你') + 1)];
  place.upstream.script('split', { events: [...halves, ...(streamOf([]).events ?? [])] });
  const { operation, call } = asking('split', { stream: true });
  const events = await collect(chunksOf(await place.llm.call(caller, operation, call)));
  expect(events[0]).toContain('你好');
});

test('a stream that breaks in the middle is not tried again: the client gets an error event and pays for what came', async () => {
  const caller = await place.newCaller();
  await place.model('breaking');
  await place.model('spare');
  await place.group('brittle', ['breaking', 'spare'], { retryCount: 3 });
  place.upstream.script('breaking', { events: [chunk('one'), chunk(' two'), CUT] });
  const { operation, call } = asking('brittle', { stream: true });
  const events = await collect(chunksOf(await place.llm.call(caller, operation, call)));

  expect(JSON.parse(events.at(-1) ?? '')).toMatchObject({ error: { code: 'upstream_failed' } });
  expect(events).not.toContain('[DONE]');
  expect(place.upstream.calls('breaking')).toHaveLength(1);
  expect(place.upstream.calls('spare')).toHaveLength(0);
  await expect(place.recordOf(call.requestId)).resolves.toMatchObject({
    outputTokens: 2,
    estimated: true,
    success: false,
    errorCode: 'upstream_failed',
  });
});

test('a stream that breaks before its first event is tried with the next model', async () => {
  const caller = await place.newCaller();
  await place.model('mute');
  await place.model('speaker');
  await place.group('patient', ['mute', 'speaker']);
  place.upstream.script('mute', { events: [CUT] });
  place.upstream.script('speaker', streamOf(['ok']));
  const { operation, call } = asking('patient', { stream: true });
  const events = await collect(chunksOf(await place.llm.call(caller, operation, call)));
  expect(events.at(-1)).toBe('[DONE]');
});

test('a client that leaves in the middle cancels the upstream, and what came is accounted', async () => {
  const caller = await place.newCaller({ user: { concurrentRequests: 1 } });
  await place.model('endless');
  const never = new Gate();
  place.upstream.script('endless', { events: [chunk('one'), chunk(' two'), never] });
  const client = new AbortController();
  const { operation, call } = asking('endless', { stream: true });
  const events = chunksOf(await place.llm.call(caller, operation, { ...call, signal: client.signal }));
  const seen: string[] = [];
  for await (const text of events) {
    seen.push(...dataIn(text));
    if (seen.length === 2) client.abort();
  }
  const [asked] = place.upstream.calls('endless');
  await asked?.closed;
  await eventually(async () => (await place.usage.quota(caller)).daily.used === 12);
  never.open();
  await expect(place.recordOf(call.requestId)).resolves.toMatchObject({
    inputTokens: 10,
    outputTokens: 2,
    estimated: true,
    success: false,
    errorCode: 'client_gone',
  });
});

test('a client that leaves before it read anything, or before an answer came, is accounted too and holds nothing', async () => {
  const caller = await place.newCaller({ user: { concurrentRequests: 1 } });
  await place.model('slow');
  const gate = new Gate();
  place.upstream.script('slow', { events: [chunk('one'), gate] }, { before: gate });

  const unread = new AbortController();
  const first = asking('slow', { stream: true });
  await place.llm.call(caller, first.operation, { ...first.call, signal: unread.signal });
  unread.abort();
  await eventually(async () => (await place.usage.quota(caller)).daily.used === 11);

  const waiting = new AbortController();
  const second = asking('slow');
  const answer = failureOf(place.llm.call(caller, second.operation, { ...second.call, signal: waiting.signal }));
  await place.upstream.called('slow', 2);
  waiting.abort();
  await answer;
  gate.open();
  await expect(place.recordOf(second.call.requestId)).resolves.toMatchObject({
    inputTokens: 10,
    estimated: true,
    errorCode: 'client_gone',
  });
});

test('a stream ends when the provider says so, and not when it closes its connection', async () => {
  const caller = await place.newCaller({ user: { concurrentRequests: 1 } });
  await place.model('lingering');
  const never = new Gate();
  const { events = [] } = streamOf(['a', 'b'], tokens(30, 2));
  place.upstream.script('lingering', { events: [...events, never] });
  const { operation, call } = asking('lingering', { stream: true });
  const seen = await collect(chunksOf(await place.llm.call(caller, operation, call)));

  expect(seen.at(-1)).toBe('[DONE]');
  await expect(place.recordOf(call.requestId)).resolves.toMatchObject({ outputTokens: 2, success: true });
  await place.upstream.calls('lingering')[0]?.closed; // is not kept open for long
  never.open();
});

test('a client that takes nothing holds the provider back, and gets the rest when it goes on', async () => {
  const caller = await place.newCaller();
  await place.model('flood');
  const block = 'x'.repeat(65_536);
  let made = 0;
  const events = Array.from({ length: 1_000 }, () => ({
    get choices() {
      made += 1;
      return chunk(block).choices;
    },
  }));
  place.upstream.script('flood', { events: [...events, ...(streamOf(['end']).events ?? [])] });
  const { operation, call } = asking('flood', { stream: true });
  const result = await place.llm.call(caller, operation, call);
  if (result.kind !== 'stream') throw new Error('expected a stream');

  const taken: string[] = [];
  let resume: (() => void) | undefined;
  let isOpen = false;
  const ended = Promise.withResolvers<void>();
  result.texts.flow({
    write: (text) => (taken.push(text), isOpen),
    onceReady: (then) => void (resume = then),
    end: (last) => (taken.push(last), ended.resolve()),
  });
  let before = -1;
  let same = 0;
  await eventually(() => {
    same = made === before ? same + 1 : 0;
    before = made;
    return same > 20;
  });
  expect(made).toBeLessThan(500);
  isOpen = true;
  resume?.();
  await ended.promise;
  expect(dataIn(taken.join('')).filter((data) => data.includes(block))).toHaveLength(1_000);
});
