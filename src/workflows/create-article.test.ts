import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, defaultPayloadConverter, TypedSearchAttributes } from '@temporalio/common';
import { registerSearchAttributes } from '../../temporal-config/search-attributes.ts';
import { workflowPlace } from '../../test/workflow-place.ts';
import type { WorkflowPlace } from '../../test/workflow-place.ts';
import type { AcceptForArticle, AskForArticle, FailArticle } from '../activities/articles.ts';
import { searchAttributes } from '../infra/temporal/search-attributes.ts';
import type { ArticleProgress } from './article-progress.ts';
import { articleWorkflowId, completionWorkflowId } from './ids.ts';
import { taskQueues } from './task-queues.ts';

/** The rows and the language model, as far as the workflow can see them; a test puts its faults in. */
const world: World = {
  asked: [],
  ends: [],
  accept: () => ({ usable: true, redraft: false }),
  answer: () => 'answered',
  hanging: Promise.withResolvers(),
};
type World = {
  asked: string[];
  ends: string[];
  accept(answered: AcceptForArticle): { usable: boolean; redraft: boolean };
  answer(completionId: string): 'answered' | 'hangs';
  hanging: PromiseWithResolvers<string>;
};
const honest = { ...world };
let place: WorkflowPlace;

beforeAll(async () => {
  place = await workflowPlace({
    namespace: 'test-article',
    workflows: '../../test/article-workflows.ts',
    activities: { [taskQueues.orchestrator]: rows },
  });
  await registerSearchAttributes(place.connection, 'test-article');
});
afterAll(() => place.close());
beforeEach(() => void Object.assign(world, honest, { asked: [], ends: [], hanging: Promise.withResolvers() }));

test('an article is outlined, drafted, reviewed and illustrated, each step asked for once', async () => {
  const { handle } = await start();

  await expect(handle.result()).resolves.toEqual({ stage: 'ready' });
  expect(world.asked).toEqual(['outline 1', 'draft 1', 'review 1']);
  expect(world.ends).toEqual(['illustrated', 'ready']);
});

test('a review that wants more gets one redraft, and never a second', async () => {
  world.accept = ({ step }) => ({ usable: true, redraft: step === 'review' || step === 'redraft' });
  const { handle } = await start();

  await expect(handle.result()).resolves.toEqual({ stage: 'ready' });
  expect(world.asked).toEqual(['outline 1', 'draft 1', 'review 1', 'redraft 1']);
});

test('an unusable answer is asked for once more, and after that the article goes on with what there is', async () => {
  world.accept = () => ({ usable: false, redraft: false });
  const { handle } = await start();

  await expect(handle.result()).resolves.toEqual({ stage: 'ready' });
  expect(world.asked).toEqual(['outline 1', 'outline 2', 'draft 1', 'draft 2', 'review 1', 'review 2']);
});

test('a completion that fails ends the article as failed, with its code and words', async () => {
  world.answer = (completionId) => {
    if (!completionId.includes('draft')) return 'answered';
    throw ApplicationFailure.nonRetryable('every model failed', 'upstream_failed');
  };
  const { handle } = await start();

  await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
  expect(world.ends).toEqual(['failed: upstream_failed, every model failed']);
  await expect(details(handle.workflowId)).resolves.toBe(
    '### failed\nupstream_failed: every model failed\n- ✓ outline\n- ▸ **draft**',
  );
});

test('a cancelled article cancels the completion that is under way and ends as cancelled', async () => {
  world.answer = (completionId) => (completionId.includes('review') ? hang(completionId) : 'answered');
  const { handle } = await start();
  const completion = place.client.workflow.getHandle(completionWorkflowId(await world.hanging.promise));

  await handle.cancel();

  await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  await expect(completion.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  expect(world.ends).toEqual(['cancelled']);
});

test('programs read the progress by query, operators as current details', async () => {
  world.accept = ({ step, attempt }) => ({ usable: step !== 'draft' || attempt === 2, redraft: false });
  world.answer = (completionId) => (completionId.endsWith('draft:2') ? hang(completionId) : 'answered');
  const { handle } = await start();
  await world.hanging.promise;

  const progress = await handle.query<ArticleProgress>('progress');
  expect(progress).toEqual({ stage: 'draft', step: 'draft', attempt: 2, done: ['outline'] });
  await expect(details(handle.workflowId)).resolves.toBe(
    '### draft\n- ✓ outline\n- ▸ **draft** (try 2: the answer before could not be read)',
  );
  await handle.terminate();
});

test('completions are found by the search attributes of their article', async () => {
  world.answer = hang;
  const { handle } = await start(new TypedSearchAttributes([{ key: searchAttributes.userId, value: 'usr_1' }]));

  const completion = place.client.workflow.getHandle(completionWorkflowId(await world.hanging.promise));
  const { typedSearchAttributes } = await completion.describe();
  expect(typedSearchAttributes.get(searchAttributes.userId)).toBe('usr_1');
  await handle.terminate();
});

test('the history holds ids, steps and outcomes, and nothing that a person or a model wrote', async () => {
  const { handle, articleId } = await start();
  await handle.result();

  const { events } = await handle.fetchHistory();
  const inputs = (events ?? []).flatMap((event) => event.activityTaskScheduledEventAttributes?.input?.payloads ?? []);
  const allowed = new Set(['articleId', 'step', 'attempt', 'completionId']);
  const fields = inputs.flatMap((payload) => Object.entries(Object(defaultPayloadConverter.fromPayload(payload))));
  for (const [name, value] of fields) {
    expect(allowed).toContain(name);
    expect(String(value)).toMatch(new RegExp(`^(${articleId}.*|outline|draft|review|[12])$`));
  }
  expect(fields.length).toBeGreaterThan(10);
});

async function start(typedSearchAttributes = new TypedSearchAttributes()) {
  const articleId = `art_${randomUUID()}`;
  const handle = await place.client.workflow.start('createArticle', {
    workflowId: articleWorkflowId(articleId),
    taskQueue: taskQueues.orchestrator,
    args: [{ articleId, userId: 'usr_1' }],
    typedSearchAttributes,
  });
  return { handle, articleId };
}

async function details(workflowId: string): Promise<string> {
  const handle = place.client.workflow.getHandle(workflowId);
  const metadata = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
  return metadata.currentDetails;
}

function hang(completionId: string): 'hangs' {
  world.hanging.resolve(completionId);
  return 'hangs';
}

const rows = {
  async askForArticle({ articleId, step, attempt }: AskForArticle) {
    world.asked.push(`${step} ${attempt}`);
    return { completionId: `${articleId}:${step}:${attempt}` };
  },
  answer: async ({ completionId }: { completionId: string }) => world.answer(completionId),
  acceptForArticle: async (wanted: AcceptForArticle) => world.accept(wanted),
  illustrateArticle: async () => void world.ends.push('illustrated'),
  finishArticle: async () => void world.ends.push('ready'),
  failArticle: async ({ code, message }: FailArticle) => void world.ends.push(`failed: ${code}, ${message}`),
  cancelArticle: async () => void world.ends.push('cancelled'),
};
