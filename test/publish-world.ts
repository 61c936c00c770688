/** Test set-up: the workflow `publish` on a real Temporal, over a platform and rows that do what the test says. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { browserQueueOf, taskQueues } from '../src/workflows/task-queues.ts';
import { workflowPlace } from './workflow-place.ts';

const currentDetails = (metadata: unknown) =>
  z.object({ currentDetails: z.string().default('') }).parse(metadata).currentDetails;

const newWorkflowId = () => `publish:${randomUUID()}`;

export async function publishWorld(namespace: Parameters<typeof workflowPlace>[0]['namespace']) {
  /** The platform and the rows, as far as the workflow can see them; a test puts its faults in. */
  const world = {
    states: new Array<string>(),
    /** Written by updates, in their order. */
    changes: new Array<string>(),
    mostLateMs: 3_600_000,
    isMine: true,
    /** What whoever asks for the account's turn is told; turns that were given back. */
    turn: async (): Promise<object> => ({ kind: 'yours' }),
    givenBack: 0,
    paused: 0,
    coolDowns: new Array<string>(),
    edit: async () => {},
    clicks: 0,
    prepares: 0,
    round: 1,
    passed: false,
    handOffs: 0,
    handOff: async (): Promise<object> => ({ outcome: 'solved' }),
    reasons: new Array<string>(),
    prepare: async (_publicationId: string) => {},
    commit: async () => ({ postId: '7', url: 'http://site/7' }),
    end: async () => {},
    settle: async (): Promise<object> => ({ outcome: 'published', postId: '7', url: 'http://site/7' }),
  };
  const honest = { ...world };

  const rows = {
    startRun: async () => ({
      isMine: world.isMine,
      mostLateMs: world.mostLateMs,
      evidenceUrl: 'https://api.example/evidence',
    }),
    movePublicationTime: async ({ at }: { at: string | null }) =>
      void world.changes.push(`moved ${at === null ? 'to now' : 'later'}`),
    async applyEdit({ editId }: { editId: string }) {
      await world.edit();
      world.changes.push(editId);
    },
    movePublication: async ({ to }: { to: string }) => void (world.states.at(-1) === to || world.states.push(to)),
    async beginRound() {
      await rows.movePublication({ to: 'publishing' });
      return { commitRound: world.round };
    },
    recordFailure({ reason, ...failure }: { to: string; reason?: string }) {
      if (reason) world.reasons.push(reason);
      return rows.movePublication(failure);
    },
    async closeCommitRound() {
      if (!world.passed) world.round += 1;
      return { neverClicked: !world.passed };
    },
    async reopenCommit() {
      world.round += 1;
      world.passed = false;
    },
    markNeedsLogin: async () => void (world.paused += 1),
    async askForTurn() {
      await rows.movePublication({ to: 'queued' });
      return world.turn();
    },
    giveBackTurn: async () => void (world.givenBack += 1),
    async coolDown({ signal }: { signal: string }) {
      world.coolDowns.push(signal);
      await rows.movePublication({ to: 'queued' });
      return { until: new Date().toISOString() };
    },
    async endPublication({ end }: { end: { to: string } }) {
      await world.end();
      await rows.movePublication(end);
      world.givenBack += 1;
    },
  };

  const browserFault = { beforeGate: () => {} };

  const browser = {
    async preparePost({ publicationId }: { publicationId: string }) {
      world.prepares += 1;
      await world.prepare(publicationId);
    },
    async commitPost({ round }: { round: number }) {
      browserFault.beforeGate();
      if (round !== world.round || world.passed) throw new Error('the gate is closed');
      world.passed = true;
      world.clicks += 1;
      return world.commit();
    },
    settlePost: () => world.settle(),
    async handOffLogin() {
      world.handOffs += 1;
      return world.handOff();
    },
  };

  const place = await workflowPlace({
    namespace,
    workflows: 'publish.ts',
    activities: {
      [taskQueues.orchestrator]: rows,
      [taskQueues.turns]: rows,
      [taskQueues.browser]: { reserveSession: async () => ({ workerId: 'w1' }) },
      [browserQueueOf('w1')]: browser,
    },
  });

  async function start(dueAt: Date | null = null, workflowId = newWorkflowId()) {
    return place.client.workflow.start('publish', {
      workflowId,
      taskQueue: taskQueues.orchestrator,
      args: [{ publicationId: workflowId, accountId: 'acc_1', dueAt: dueAt?.toISOString() ?? null }],
    });
  }

  return {
    world,
    honest,
    browserFault,
    client: place.client,
    newWorkflowId,
    start,
    publish: async () => (await start()).result(),
    /** What an operator reads in the Temporal UI. */
    async detailsOf(workflowId: string): Promise<string> {
      return place.client.workflow.getHandle(workflowId).query('__temporal_workflow_metadata').then(currentDetails);
    },
    runOf: (workflowId: string) => place.client.workflow.getHandle(workflowId),
    /** As it was in the beginning. */
    reset: () => void Object.assign(world, honest, { states: [], changes: [], reasons: [], coolDowns: [] }),
    close: () => place.close(),
  };
}

export type PublishWorld = Awaited<ReturnType<typeof publishWorld>>;
