import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { z } from 'zod';
import { developmentSecrets } from '../../src/infra/config.ts';
import { createKeyring } from '../../src/infra/keyring.ts';
import { createPayloadCodec } from '../../src/infra/temporal/payload-codec.ts';
import { browserQueueOf, taskQueues } from '../../src/workflows/task-queues.ts';
import { registerSearchAttributes } from '../../temporal-config/search-attributes.ts';
import { workflowPlace } from '../../test/workflow-place.ts';
import { honestActivities, workerId } from './activities.ts';
import type { HistoryCase } from './case.ts';

/** Runs cases one after the other on the Temporal server of `TEMPORAL_ADDRESS`. */
export async function openRecorder() {
  const world = { ...honestActivities };
  const names = Object.keys(honestActivities);
  const activities = Object.fromEntries(
    names.map((name) => [name, (input: unknown) => Reflect.apply(Reflect.get(world, name), undefined, [input])]),
  );
  const queues = [...Object.values(taskQueues), browserQueueOf(workerId)];
  const place = await workflowPlace({
    namespace: 'test-replay',
    activities: Object.fromEntries(queues.map((queue) => [queue, activities])),
    codec: createPayloadCodec(createKeyring(developmentSecrets.PAYLOAD_KEYS)),
  });
  await registerSearchAttributes(place.connection, 'test-replay');
  return {
    /** @returns the history of the run as JSON, in the format of Temporal's tools, with one event on each line */
    async record(workflow: string, { input, faults, ...people }: HistoryCase): Promise<string> {
      Object.assign(world, honestActivities, faults);
      const run = await place.client.workflow.start(workflow, {
        workflowId: `${workflow}:recorded`,
        taskQueue: taskQueues.orchestrator,
        args: [input],
      });
      await Promise.all([people.steer?.(run), run.result().catch(() => {})]); // a failure is an end like any other
      const first = place.client.workflow.getHandle(run.workflowId, run.firstExecutionRunId);
      return eventPerLine(historyToJSON(await first.fetchHistory()));
    },
    close: () => place.close(),
  };
}

const historySchema = z.object({ events: z.array(z.unknown()) });

function eventPerLine(history: string): string {
  const { events } = historySchema.parse(JSON.parse(history, withoutThisMachine));
  return `{"events":[\n${events.map((event) => JSON.stringify(event)).join(',\n')}\n]}\n`;
}

/** What replaying does not need: names of processes, hashes of bundles, paths in stack traces, the server's own numbers. */
const notNeeded = new Set(['identity', 'stackTrace', 'workerVersion', 'taskId', 'requestId', 'meteringMetadata']);

function withoutThisMachine(name: string, value: unknown): unknown {
  if (notNeeded.has(name)) return undefined;
  return name === 'name' && /^\d+@/.test(String(value)) ? 'sticky' : value;
}
