import type { JsonObject } from './format.ts';

/** Only the fields that have a value: to Anthropic an absent field is not the same as a null one. */
export function present(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}
