/** A namespace with the real workflows in it and whatever activities a test wants behind them. */
import { Client, Connection } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { WorkerInterceptors } from '@temporalio/worker';
import { taskQueues } from '../src/workflows/task-queues.ts';
import type { TestNamespace } from './namespaces.ts';
import { workflowBundleOf } from './workflow-bundle.ts';

Runtime.install({ logger: new DefaultLogger('ERROR') });

export type WorkflowPlace = { client: Client; connection: Connection; close(): Promise<void> };

export type ActivitiesByQueue = Partial<Record<string, object>>;

export type WorkflowPlaceOptions = {
  namespace: TestNamespace;
  activities: ActivitiesByQueue;
  /** File of `src/workflows` to bundle; all of them unless told. */
  workflows?: string;
  codec?: PayloadCodec;
  interceptors?: WorkerInterceptors;
};

/** Workers for each queue that has activities, and the orchestrator's for the workflows. */
export async function workflowPlace({
  namespace,
  activities,
  workflows,
  codec,
  interceptors = {},
}: WorkflowPlaceOptions): Promise<WorkflowPlace> {
  const address = process.env['TEMPORAL_ADDRESS'] ?? '';
  const dataConverter = codec ? { payloadCodecs: [codec] } : {};
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  const workflowBundle = await workflowBundleOf(workflows);
  const queues = { [taskQueues.orchestrator]: {}, ...activities };
  const workers = await Promise.all(
    Object.entries(queues).map(([taskQueue, own]) =>
      Worker.create({
        connection: native,
        namespace,
        taskQueue,
        dataConverter,
        activities: own ?? {},
        shutdownForceTime: '1s',
        interceptors,
        ...(taskQueue === taskQueues.orchestrator ? { workflowBundle } : {}),
      }),
    ),
  );
  const running = workers.map((worker) => worker.run());
  return {
    client: new Client({ connection, namespace, dataConverter }),
    connection,
    async close() {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      await connection.close();
      await native.close();
    },
  };
}
