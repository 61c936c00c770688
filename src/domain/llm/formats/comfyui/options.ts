import { z } from 'zod';
import { AppError } from '../../../../errors.ts';
import type { Deployment } from '../../catalog-snapshot.ts';

/**
 * The `options` of a model that a ComfyUI serves: its workflow (`Workflow`), what its placeholders are when a request does
 * not say, how often the server is asked whether it has finished, and the largest picture it may be asked for.
 */
export type ComfyUiOptions = z.infer<typeof comfyUiOptions>;

const comfyUiOptions = z.object({
  workflow: z
    .record(z.string(), z.looseObject({ class_type: z.string().min(1) }))
    .refine((nodes) => Object.keys(nodes).length > 0, 'is empty'),
  defaults: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  poll_ms: z.int().min(1).max(60_000).default(1_000),
  max_pixels: z
    .int()
    .positive()
    .default(2_048 * 2_048),
});

/** @throws AppError `unavailable` when whoever set the model up has not finished */
export function comfyUiOptionsOf({ name, options }: Deployment): ComfyUiOptions {
  const parsed = comfyUiOptions.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new AppError('unavailable', `The model ${name} is not set up: it has no workflow that can be used.`, {
    cause: parsed.error,
  });
}
