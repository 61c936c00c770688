/**
 * A ComfyUI server without a graphics card: the same routes, the same checks of a workflow, one job at a time, a history
 * that knows a job only once it is over. A job ends as the test says: by itself, in an error, or when it is interrupted.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { listening } from './listening.ts';

/** `held` runs until it is interrupted. */
export type JobEnd = 'success' | 'held' | { error: string } | 'without-pictures';

export type ComfyJob = {
  id: string;
  client: string;
  workflow: Workflow;
  end: JobEnd;
  state: 'pending' | 'running' | 'over' | 'deleted';
};

export type FakeComfyUi = Awaited<ReturnType<typeof fakeComfyUi>>;

/** @param interruptsAny as servers before 2025: an `interrupt` stops whatever runs */
export async function fakeComfyUi({ interruptsAny = false }: { interruptsAny?: boolean } = {}) {
  const jobs: ComfyJob[] = [];
  const history = new Map<string, object>();
  const ends: JobEnd[] = [];
  const asked: string[] = [];
  let broken = 0;

  const running = () => jobs.find(({ state }) => state === 'running');

  function work(): void {
    const next = jobs.find(({ state }) => state === 'pending');
    if (!next || running()) return;
    next.state = 'running';
    if (next.end === 'held') return;
    over(next, next.end === 'success' || next.end === 'without-pictures' ? null : executionError(next.end.error));
  }

  function over(job: ComfyJob, failure: [string, object] | null): void {
    job.state = 'over';
    const outputs = failure ? {} : { '9': { images: job.end === 'without-pictures' ? [] : imagesOf(job) } };
    const status = {
      status_str: failure ? 'error' : 'success',
      completed: !failure,
      messages: failure ? [failure] : [],
    };
    history.set(job.id, { prompt: [0, job.id, job.workflow, {}, ['9']], outputs, status, meta: {} });
    work();
  }

  function queue(body: unknown): Answer {
    const { prompt, client_id: client } = promptSchema.parse(body);
    const refusal = refusalOf(prompt);
    if (refusal) return [400, refusal];
    const id = randomUUID();
    const end = (ends.length > 1 ? ends.shift() : ends[0]) ?? 'success';
    jobs.push({ id, client, workflow: prompt, end, state: 'pending' });
    setImmediate(work);
    return [200, { prompt_id: id, number: jobs.length, node_errors: invalidNodes(prompt) }];
  }

  function interrupt(body: unknown): Answer {
    const { prompt_id: wanted } = z.object({ prompt_id: z.string().optional() }).parse(body);
    const job = running();
    if (job && (interruptsAny || wanted === undefined || wanted === job.id)) over(job, ['execution_interrupted', {}]);
    return [200, ''];
  }

  function remove(body: unknown): Answer {
    const { delete: ids } = z.object({ delete: z.array(z.string()) }).parse(body);
    for (const job of jobs) if (job.state === 'pending' && ids.includes(job.id)) job.state = 'deleted';
    return [200, ''];
  }

  function get(url: URL): Answer {
    const [, kind, id = ''] = url.pathname.split('/');
    if (kind === 'history' && broken > 0) {
      broken -= 1;
      return [500, 'Internal Server Error'];
    }
    if (kind === 'history') return [200, Object.fromEntries([...history].filter(([known]) => known === id))];
    if (kind === 'queue') return [200, { queue_running: entries('running'), queue_pending: entries('pending') }];
    if (kind === 'view' && url.searchParams.get('type') === 'output') {
      return [200, Buffer.from(`PNG ${url.searchParams.get('filename')}`)];
    }
    return [404, ''];
  }

  const entries = (state: ComfyJob['state']) =>
    jobs
      .filter((job) => job.state === state)
      .map(({ id, client, workflow }, number) => [number, id, workflow, { client_id: client }, ['9']]);

  const posts = new Map([
    ['/prompt', queue],
    ['/queue', remove],
    ['/interrupt', interrupt],
  ]);

  const server = createServer((request, response) => {
    void handle(request, response).catch(() => response.destroy());
  });
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://comfyui');
    asked.push(`${request.method} ${url.pathname.replace(/[\w-]{36}$/, ':id')}`);
    const body = await text(request);
    const post = posts.get(url.pathname);
    const answer: Answer = request.method === 'POST' ? (post?.(JSON.parse(body)) ?? [405, '']) : get(url);
    send(response, answer);
  }

  const port = await listening(server);
  return {
    url: `http://127.0.0.1:${port}`,
    jobs,
    /** Every request, as `POST /prompt` or `GET /history/:id`. */
    asked,
    /** How the next jobs end; the last one stays. */
    script: (...next: JobEnd[]) => void ends.splice(0, ends.length, ...next),
    /** Answers the next looks at the history with a 500. */
    breakHistory: (times: number) => void (broken = times),
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Answer = readonly [status: number, body: object | string | Buffer];
type Workflow = z.infer<typeof workflowSchema>;

const workflowSchema = z.record(
  z.string(),
  z.looseObject({ class_type: z.string(), inputs: z.record(z.string(), z.unknown()) }),
);
const promptSchema = z.object({ prompt: workflowSchema, client_id: z.string() });

/** A text-to-picture workflow as "Export (API)" writes it, with our placeholders. */
export const workflow = {
  '3': {
    class_type: 'KSampler',
    inputs: { seed: '{{seed}}', steps: '{{steps}}', model: ['4', 0], positive: ['6', 0], latent_image: ['5', 0] },
  },
  '4': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'sd_xl.safetensors' } },
  '5': {
    class_type: 'EmptyLatentImage',
    inputs: { width: '{{width}}', height: '{{height}}', batch_size: '{{batch}}' },
  },
  '6': { class_type: 'CLIPTextEncode', inputs: { text: 'masterpiece, {{prompt}}', clip: ['4', 1] } },
  '7': { class_type: 'CLIPTextEncode', inputs: { text: '{{negative_prompt}}', clip: ['4', 1] } },
  '9': { class_type: 'SaveImage', inputs: { filename_prefix: 'ComfyUI', images: ['3', 0] } },
};

const knownNodes = new Set([...Object.values(workflow).map(({ class_type: type }) => type), 'BrokenOutput']);

function refusalOf(prompt: Workflow): object | null {
  const unknown = Object.values(prompt).find(({ class_type: type }) => !knownNodes.has(type));
  if (unknown) return { error: { type: 'invalid_prompt', message: `Node '${unknown.class_type}' not found.` } };
  const { width } = prompt['5']?.inputs ?? {};
  if (typeof width === 'number' && width >= 16) return null;
  return { error: { type: 'prompt_outputs_failed_validation', message: 'Prompt outputs failed validation' } };
}

/** Outputs that are not valid do not keep the others from being made. */
const invalidNodes = (prompt: Workflow) =>
  Object.fromEntries(
    Object.entries(prompt).flatMap(([id, { class_type: type }]) => (type === 'BrokenOutput' ? [[id, {}]] : [])),
  );

const executionError = (message: string): [string, object] => [
  'execution_error',
  { node_id: '3', node_type: 'KSampler', exception_message: message, exception_type: 'RuntimeError' },
];

function imagesOf({ workflow: made }: ComfyJob): object[] {
  const count = Number(made['5']?.inputs['batch_size']);
  const saved = Array.from({ length: count }, (_, at) => ({
    filename: `ComfyUI_${at}_.png`,
    subfolder: 'a & b',
    type: 'output',
  }));
  return [...saved, { filename: 'preview.png', subfolder: '', type: 'temp' }];
}

function send(response: ServerResponse, [status, body]: Answer): void {
  const asItIs = typeof body === 'string' || Buffer.isBuffer(body);
  response.writeHead(status, { 'content-type': asItIs ? 'application/octet-stream' : 'application/json' });
  response.end(asItIs ? body : JSON.stringify(body));
}
