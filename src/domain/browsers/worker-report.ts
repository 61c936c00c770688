import { z } from 'zod';

/** What an operator wants of a worker: to end its sessions and take none, or that and then a new browser. */
export const workerOrder = z.enum(['drain', 'restart']);
export type WorkerOrder = z.infer<typeof workerOrder>;

/** What a browser worker says of itself with each beat. Times are milliseconds since 1970. */
export const workerReport = z.object({
  host: z.string(),
  pid: z.int(),
  version: z.string(),
  startedAtMs: z.number(),
  /** Of its browser; null where it cannot be measured. */
  memoryBytes: z.number().nullable(),
  /** Accounts with a job that runs or waits. */
  jobs: z.int(),
  /** Times that it has started its browser anew. */
  recycled: z.int(),
  /** Connections that its pages wanted and did not get. */
  denied: z.object({ blocked: z.int(), refused: z.int() }),
  sessions: z.array(
    z.object({
      accountId: z.string(),
      openedAtMs: z.number(),
      usedAtMs: z.number(),
      uses: z.int(),
      isAtWork: z.boolean(),
    }),
  ),
});
export type WorkerReport = z.infer<typeof workerReport>;

/** Of a worker of another version, which says other things. */
export const noReport: WorkerReport = {
  host: '',
  pid: 0,
  version: '',
  startedAtMs: 0,
  memoryBytes: null,
  jobs: 0,
  recycled: 0,
  denied: { blocked: 0, refused: 0 },
  sessions: [],
};
