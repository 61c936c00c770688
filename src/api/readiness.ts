import { z } from 'zod';

/** Whether the service can work, and each thing it needs by name. */
export const readiness = z.object({
  ready: z.boolean(),
  checks: z.record(
    z.string(),
    z.object({ ok: z.boolean(), latency_ms: z.number().optional(), detail: z.string().optional() }),
  ),
});
export type Readiness = z.infer<typeof readiness>;
