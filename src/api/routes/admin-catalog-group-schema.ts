import { z } from 'zod';
import type { GroupInput } from '../../domain/llm/catalog-rows.ts';
import type { ModelGroup } from '../../entities/model-group.ts';
import { count, shortText, time } from '../schemas.ts';
import { shortId } from './admin-catalog-fields.ts';
import { modelType } from './admin-catalog-model-schema.ts';

const fields = {
  display_name: shortText(100),
  model_type: modelType,
  model_ids: z
    .array(shortText(100))
    .max(50)
    .refine((names) => new Set(names).size === names.length, 'must not name a model twice')
    .describe('names of models, in the order to try them'),
  fallback_enabled: z.boolean(),
  retry_count: z.int().min(0).max(10).describe('over all of its models'),
  timeout_ms: count,
  enabled: z.boolean(),
};

/** What is left out stays. */
export const groupChanges = z.strictObject(fields).partial();

export const newGroup = groupChanges.extend({
  group_id: shortId.describe('what clients ask for instead of a model'),
  display_name: fields.display_name,
  model_type: modelType,
  model_ids: fields.model_ids,
});

export const shownGroup = z.object({ group_id: z.string(), ...fields, updated_at: time });

export const changesOf = (body: z.output<typeof groupChanges>) => ({
  displayName: body.display_name,
  type: body.model_type,
  modelNames: body.model_ids,
  fallbackEnabled: body.fallback_enabled,
  retryCount: body.retry_count,
  timeoutMs: body.timeout_ms,
  enabled: body.enabled,
});

export const groupInput = (body: z.output<typeof newGroup>): GroupInput => ({
  ...changesOf(body),
  id: body.group_id,
  displayName: body.display_name,
  type: body.model_type,
  modelNames: body.model_ids,
});

export const groupView = (group: ModelGroup): z.input<typeof shownGroup> => ({
  group_id: group.id,
  display_name: group.displayName,
  model_type: group.type,
  model_ids: group.modelNames,
  fallback_enabled: group.fallbackEnabled,
  retry_count: group.retryCount,
  timeout_ms: group.timeoutMs,
  enabled: group.enabled,
  updated_at: group.updatedAt,
});
