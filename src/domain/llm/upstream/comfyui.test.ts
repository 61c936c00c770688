import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { fakeComfyUi, workflow } from '../../../../test/fake-comfyui.ts';
import type { FakeComfyUi } from '../../../../test/fake-comfyui.ts';
import { attempted, deploymentOf } from '../../../../test/media-deployment.ts';
import { eventually } from '../../../../test/usage-place.ts';
import type { ImagesRequest } from '../formats/images/request.ts';
import { imagesOperation } from '../operations/images.ts';
import { EXPIRED } from './http.ts';

let comfy: FakeComfyUi;
let old: FakeComfyUi;
beforeAll(async () => {
  comfy = await fakeComfyUi();
  old = await fakeComfyUi({ interruptsAny: true });
});
afterAll(async () => {
  await comfy.close();
  await old.close();
});
beforeEach(() => comfy.script('success'));

const options = { workflow, defaults: { steps: 20, width: 1024, height: 1024 }, poll_ms: 1 };

function draw(request: Partial<ImagesRequest> = {}, { signal, at = comfy, changes = {} }: DrawOptions = {}) {
  const deployment = deploymentOf({
    type: 'image',
    provider: { wireFormat: 'comfyui', baseUrl: at.url },
    options: { ...options, ...changes },
  });
  const operation = imagesOperation({ model: 'public', prompt: 'a cat', ...request }, () => new Date(1_000));
  return operation.prepare(deployment).ask(attempted(signal));
}

type DrawOptions = { signal?: AbortSignal; at?: FakeComfyUi; changes?: object };

const last = ({ jobs }: FakeComfyUi) => jobs.at(-1);

test('pictures come back as base64 in the order in which they were saved, without previews', async () => {
  const reply = await draw({ n: 2, size: '512x768', seed: 7 });

  expect(reply).toMatchObject({ kind: 'answer', usage: { images: 2 } });
  if (reply.kind !== 'answer') throw new Error('expected an answer');
  expect(JSON.parse(String(reply.answer.body))).toEqual({
    created: 1,
    data: [0, 1].map((at) => ({ b64_json: Buffer.from(`PNG ComfyUI_${at}_.png`).toString('base64') })),
  });
  expect(last(comfy)?.workflow).toMatchObject({
    '3': { inputs: { seed: 7, steps: 20, model: ['4', 0] } },
    '5': { inputs: { width: 512, height: 768, batch_size: 2 } },
    '6': { inputs: { text: 'masterpiece, a cat' } },
  });
});

test('a workflow that draws more than was asked for gives, and charges, what was asked for', async () => {
  const four = {
    ...workflow,
    '5': { class_type: 'EmptyLatentImage', inputs: { width: 512, height: 512, batch_size: 4 } },
  };
  await expect(draw({}, { changes: { workflow: four } })).resolves.toMatchObject({ usage: { images: 1 } });
});

test('a job that fails is a failure in the words of its node, and another deployment may be tried', async () => {
  comfy.script({ error: 'CUDA out of memory\n' });
  await expect(draw()).resolves.toMatchObject({
    kind: 'failed',
    reason: 'bad-answer',
    message: 'KSampler: CUDA out of memory',
  });
});

test('a job that draws nothing is a failure', async () => {
  comfy.script('without-pictures');
  await expect(draw()).resolves.toMatchObject({ kind: 'failed', reason: 'bad-answer' });
});

test('a workflow that the server refuses is a 400 in its words', async () => {
  await expect(draw({ size: '8x8' })).resolves.toMatchObject({
    kind: 'failed',
    reason: 'status',
    status: 400,
    message: 'Prompt outputs failed validation',
  });
});

test('a workflow of which a part is not valid is a 400 as well, and the rest of it does not run on', async () => {
  comfy.script('held');
  const changes = { workflow: { ...workflow, '12': { class_type: 'BrokenOutput', inputs: {} } } };
  await expect(draw({}, { changes })).resolves.toMatchObject({ kind: 'failed', status: 400 });
  await eventually(() => ['over', 'deleted'].includes(last(comfy)?.state ?? ''));
});

test('looks that fail now and then do not end a job', async () => {
  comfy.breakHistory(3);
  await expect(draw()).resolves.toMatchObject({ kind: 'answer' });
});

test('a server that tells nothing of the job any more is a failure, and the job is taken back', async () => {
  comfy.script('held');
  comfy.breakHistory(5);
  await expect(draw()).resolves.toMatchObject({ kind: 'failed', reason: 'network' });
  await eventually(() => last(comfy)?.state === 'over');
});

test.each([
  ['a client that leaves', undefined, { kind: 'cancelled' }],
  ['a deadline that passes', EXPIRED, { kind: 'failed', reason: 'timeout' }],
])('%s interrupts the job that runs, and takes the one that waits out of the queue', async (_, reason, end) => {
  comfy.script('held');
  const [first, second] = [new AbortController(), new AbortController()];
  const before = comfy.jobs.length;
  const running = draw({}, { signal: first.signal });
  await eventually(() => comfy.jobs[before]?.state === 'running');
  const waiting = draw({}, { signal: second.signal });
  await eventually(() => comfy.jobs[before + 1]?.state === 'pending');

  second.abort(reason);
  await expect(waiting).resolves.toMatchObject(end);
  await eventually(() => comfy.jobs[before + 1]?.state === 'deleted');
  expect(comfy.jobs[before]?.state).toBe('running');

  first.abort(reason);
  await expect(running).resolves.toMatchObject(end);
  await eventually(() => comfy.jobs[before]?.state === 'over');
});

test('on a server that interrupts whatever runs, the job of somebody else is left alone', async () => {
  old.script('held');
  const before = old.jobs.length;
  const [theirs, ours] = [new AbortController(), new AbortController()];
  const first = draw({}, { signal: theirs.signal, at: old });
  await eventually(() => old.jobs[before]?.state === 'running');
  const second = draw({}, { signal: ours.signal, at: old });
  await eventually(() => old.jobs.length === before + 2);

  ours.abort();
  await second;
  await eventually(() => old.jobs[before + 1]?.state === 'deleted' && old.asked.includes('GET /queue'));
  theirs.abort();
  await first;
  await eventually(() => old.jobs[before]?.state === 'over');
  expect(old.asked.filter((request) => request === 'POST /interrupt')).toHaveLength(1);
});

test('a server that is not there is a failure at once', async () => {
  const gone = { ...comfy, url: 'http://127.0.0.1:9' };
  await expect(draw({}, { at: gone })).resolves.toMatchObject({ kind: 'failed', reason: 'unreachable' });
});
