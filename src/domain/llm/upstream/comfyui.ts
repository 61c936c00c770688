import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Deployment } from '../catalog-snapshot.ts';
import { jobState, queuedJob } from '../formats/comfyui/history.ts';
import type { StoredPicture } from '../formats/comfyui/history.ts';
import type { Workflow } from '../formats/comfyui/workflow.ts';
import type { JsonObject } from '../formats/format.ts';
import { objectIn, parseObject, textIn } from '../formats/json.ts';
import type { Asking } from '../operations/operation.ts';
import { UpstreamBroke } from '../streams/upstream-watch.ts';
import type { UpstreamFailure } from './failure.ts';
import { failureOfError } from './failure.ts';
import { endOf } from './http.ts';
import type { UpstreamRequest } from './http.ts';

export type ComfyUiJob = {
  asking: Asking;
  deployment: Deployment;
  workflow: Workflow;
  pollMs: number;
  /** A workflow may make more than were asked for, and held. */
  mostPictures: number;
};

export type Drawn = { kind: 'drawn'; pictures: Uint8Array[] } | { kind: 'cancelled' } | UpstreamFailure;

/**
 * Queues a workflow on a ComfyUI, waits until it is over, and fetches its pictures
 * (https://docs.comfy.org/development/comfyui-server/comms_routes). A job that we stop waiting for is taken out of the
 * queue, or interrupted, so that nobody's graphics card works for nobody. Never throws.
 */
export async function drawWithComfyUi(job: ComfyUiJob): Promise<Drawn> {
  const client = randomUUID();
  try {
    const id = await queue(job, client);
    const stored = await finished(job, id);
    const pictures: Uint8Array[] = [];
    for (const picture of stored.slice(0, job.mostPictures)) pictures.push(await fetchPicture(job, picture));
    return { kind: 'drawn', pictures };
  } catch (error) {
    const end = error instanceof Ended ? error.end : endOf(error, job.asking.patience.signal);
    if (mayStillRun(end)) void abandon(job, client);
    return end;
  }
}

type End = { kind: 'cancelled' } | UpstreamFailure;

/** What a call has come to, on its way out of the story above. */
class Ended extends Error {
  readonly end: End;

  constructor(end: End) {
    super('The job ended without pictures.');
    this.end = end;
  }
}

/** @param client of this job alone, so that it can be found in the queue though its id has not reached us */
async function queue(job: ComfyUiJob, client: string): Promise<string> {
  const answer = await json(job, post('/prompt', { prompt: job.workflow, client_id: client }));
  const id = textIn(answer['prompt_id']);
  if (id === '') throw new UpstreamBroke('The job was not queued.');
  const broken = Object.keys(objectIn(answer['node_errors']));
  if (broken.length === 0) return id;
  // Some of its outputs are valid, so it would run; but not as it was meant.
  void abandon(job, client);
  const message = `The workflow is not valid at node ${broken.join(', ')}.`;
  throw new Ended({ kind: 'failed', reason: 'status', status: 400, retryAfterMs: null, message });
}

/** Asks again and again whether it is over. That one look fails says nothing of the job. */
async function finished(job: ComfyUiJob, id: string): Promise<StoredPicture[]> {
  const { signal } = job.asking.patience;
  for (let missed = 0; missed < MOST_MISSED_LOOKS;) {
    await delay(job.pollMs, undefined, { signal });
    const history = await historyOf(job, id);
    missed = history ? 0 : missed + 1;
    const found = jobState(history ?? {}, id);
    if (found.state === 'failed') throw new UpstreamBroke(found.message);
    if (found.state === 'finished' && found.pictures.length === 0) throw new UpstreamBroke('No picture was drawn.');
    if (found.state === 'finished') return found.pictures;
  }
  throw new Ended(failureOfError(new Error('nobody tells what has become of the job')));
}

const MOST_MISSED_LOOKS = 5;

async function historyOf(job: ComfyUiJob, id: string): Promise<JsonObject | null> {
  try {
    return await json(job, { method: 'GET', path: `/history/${encodeURIComponent(id)}` });
  } catch (error) {
    if (job.asking.patience.signal.aborted) throw error;
    return null;
  }
}

async function fetchPicture(job: ComfyUiJob, picture: StoredPicture): Promise<Uint8Array> {
  const response = await send(job, { method: 'GET', path: `/view?${new URLSearchParams(picture).toString()}` });
  return response.body.bytes();
}

/** Whether it was we who went: then the job is somewhere between the queue and its end. */
const mayStillRun = (end: End): boolean =>
  end.kind === 'cancelled' || end.reason === 'timeout' || end.reason === 'network';

/** Looked for again after it was deleted: old servers interrupt whatever runs, and that may be somebody else's. */
async function abandon(job: ComfyUiJob, client: string): Promise<void> {
  const patience = { signal: AbortSignal.timeout(ABANDON_MS), idleMs: ABANDON_MS };
  const look: Request = { method: 'GET', path: '/queue' };
  const own = { ...job, asking: { ...job.asking, patience } };
  try {
    const { id } = queuedJob(await json(own, look), client);
    if (id === '') return;
    await json(own, post('/queue', { delete: [id] }));
    const { isRunning } = queuedJob(await json(own, look), client);
    if (isRunning) await json(own, post('/interrupt', { prompt_id: id }));
  } catch {
    // It ends by itself; nobody waits for it.
  }
}

const ABANDON_MS = 10_000;

type Request = Pick<UpstreamRequest, 'path' | 'method' | 'headers' | 'body'>;

const post = (path: string, body: object): Request => ({
  method: 'POST',
  path,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** Its posts answer with nothing when there is nothing to say. */
async function json(job: ComfyUiJob, request: Request): Promise<JsonObject> {
  const text = await (await send(job, request)).body.text();
  return text === '' ? {} : parseObject(text);
}

/** @throws Ended */
async function send({ asking, deployment: { provider } }: ComfyUiJob, request: Request) {
  const { http, credential, patience } = asking;
  const sent = await http.send({ provider, credential, patience, ...request });
  if (sent.kind === 'ok') return sent.response;
  throw new Ended(sent);
}
