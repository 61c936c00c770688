import type { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { hasGrpcCode } from './grpc-code.ts';

/** Registers the namespace when it is absent; closed runs stay readable for `retentionDays` days. */
export async function ensureNamespace(connection: Connection, namespace: string, retentionDays = 30): Promise<void> {
  const workflowExecutionRetentionPeriod = msToTs(retentionDays * 86_400_000);
  try {
    await connection.workflowService.describeNamespace({ namespace });
  } catch (error) {
    if (!hasGrpcCode(error, 'NOT_FOUND')) throw error;
    await connection.workflowService
      .registerNamespace({ namespace, workflowExecutionRetentionPeriod })
      .catch((reason: unknown) => {
        if (!hasGrpcCode(reason, 'ALREADY_EXISTS')) throw reason; // another process was quicker
      });
  }
}
