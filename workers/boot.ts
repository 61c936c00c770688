import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { LogEntry, WorkerOptions } from '@temporalio/worker';
import { translateFailures } from '../src/activities/failures.ts';
import { loadConfig } from '../src/infra/config.ts';
import type { Logger } from '../src/infra/logger.ts';
import { createServices } from '../src/services.ts';
import type { Services } from '../src/services.ts';

/**
 * Runs one worker process from start to end: services, connection, its workers; on SIGTERM or SIGINT each worker stops
 * polling, finishes or cancels what it runs within the shutdown time, and then the connections close.
 */
export async function runWorker(name: string, plan: (services: Services) => Promise<WorkerPlan>): Promise<void> {
  const config = loadConfig();
  const services = await createServices(config, name);
  const { logger } = services;
  Runtime.install({ logger: temporalLogger(logger), shutdownSignals: ['SIGTERM', 'SIGINT'] });
  const connection = await NativeConnection.connect({ address: config.TEMPORAL_ADDRESS });
  const { queues, close } = await plan(services);
  const identity = `${name}@${hostname()}:${process.pid}`;
  const leave = await services.presence.keep(identity, (error) => {
    logger.warn({ err: error }, 'this worker was not seen to live');
  });

  const workers = await Promise.all(
    queues.map((queue) =>
      Worker.create({
        connection,
        namespace: config.TEMPORAL_NAMESPACE,
        identity,
        dataConverter: { payloadCodecs: [services.codec] },
        shutdownGraceTime: config.SHUTDOWN_TIMEOUT_MS / 2,
        shutdownForceTime: config.SHUTDOWN_TIMEOUT_MS,
        interceptors: { activity: [({ info }) => ({ inbound: translateFailures(logger, whereFrom(info)) })] },
        ...queue,
      }),
    ),
  );
  logger.info({ queues: queues.map(({ taskQueue }) => taskQueue) }, 'worker ready');
  await Promise.all(workers.map((worker) => worker.run()));
  await leave();
  await close?.();
  await connection.close();
  await services.close();
  logger.info('worker ended');
}

export type WorkerPlan = { queues: QueuePlan[]; close?: () => Promise<void> };
export type QueuePlan = Pick<
  WorkerOptions,
  | 'taskQueue'
  | 'activities'
  | 'workflowsPath'
  | 'maxConcurrentActivityTaskExecutions'
  | 'maxConcurrentLocalActivityExecutions'
  | 'stickyQueueScheduleToStartTimeout'
>;

export const workflowsPath = fileURLToPath(new URL('../src/workflows/index.ts', import.meta.url));

const whereFrom = ({ activityType, attempt, workflowExecution }: ActivityInfo) => ({
  activity: activityType,
  attempt,
  workflowId: workflowExecution?.workflowId,
});
type ActivityInfo = { activityType: string; attempt: number; workflowExecution?: { workflowId: string } | undefined };

function temporalLogger(logger: Logger): DefaultLogger {
  return new DefaultLogger('WARN', ({ level, message, meta }: LogEntry) => {
    const line = { temporal: meta };
    if (level === 'ERROR') logger.error(line, message);
    else logger.warn(line, message);
  });
}
