import type { JsonObject } from '../format.ts';
import { isObject } from '../json.ts';

/**
 * A ComfyUI workflow in API format (https://docs.comfy.org/development/comfyui-server/comms_routes), as "Export (API)"
 * writes it, with placeholders as `{{prompt}}` among its inputs. One that is the whole text becomes the value itself, so
 * `"{{width}}"` becomes a number; within a text it is written out. What is put in is never looked at again.
 */
export type Workflow = Record<string, JsonObject>;
export type Scalar = string | number | boolean;

export function fillWorkflow(template: Workflow, values: ReadonlyMap<string, Scalar>): Workflow {
  const valueOf = (name: string) => values.get(name) ?? '';
  return Object.fromEntries(Object.entries(template).map(([id, node]) => [id, filledObject(node, valueOf)]));
}

/** The names of all placeholders of a template. */
export function placeholdersOf(template: Workflow): Set<string> {
  return new Set([...JSON.stringify(template).matchAll(ANYWHERE)].map(([, name = '']) => name));
}

const ANYWHERE = /\{\{(\w+)\}\}/g;
const WHOLE = /^\{\{(\w+)\}\}$/;

type ValueOf = (name: string) => Scalar;

const filledObject = (object: JsonObject, valueOf: ValueOf): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([key, part]) => [key, filled(part, valueOf)]));

function filled(part: unknown, valueOf: ValueOf): unknown {
  if (typeof part === 'string') return filledText(part, valueOf);
  if (Array.isArray(part)) return part.map((item: unknown) => filled(item, valueOf));
  return isObject(part) ? filledObject(part, valueOf) : part;
}

function filledText(text: string, valueOf: ValueOf): Scalar {
  const [, whole] = WHOLE.exec(text) ?? [];
  if (whole !== undefined) return valueOf(whole);
  return text.replaceAll(ANYWHERE, (_, name: string) => String(valueOf(name)));
}
