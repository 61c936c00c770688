import { fieldError } from '../errors.ts';
import type { AppError } from '../errors.ts';

/**
 * Refuses what Postgres cannot keep: U+0000 and halves of surrogate pairs, in values and in field names; and nesting so
 * deep that only an attack needs it, which also bounds the recursion.
 * @throws AppError `invalid_request` that names the field
 */
export function refuseUnstorable(value: unknown): void {
  const fault = faultIn(value, 0);
  if (fault) throw refusal(fault);
}

export const storable = (text: string) => !text.includes('\u0000') && text.isWellFormed();

type Fault = { path: (string | number)[]; message: string };

const MAX_DEPTH = 64;
const UNSTORABLE = 'holds U+0000 or half of a surrogate pair, which cannot be stored';

/** The path is put together on the way back from a fault: nearly all values have none. */
function faultIn(value: unknown, depth: number): Fault | null {
  if (typeof value === 'string') return storable(value) ? null : { path: [], message: UNSTORABLE };
  if (typeof value !== 'object' || value === null) return null;
  if (depth > MAX_DEPTH) return { path: [], message: 'is nested too deeply' };
  return Array.isArray(value) ? faultInList(value, depth) : faultInFields(value, depth);
}

function faultInList(list: readonly unknown[], depth: number): Fault | null {
  for (let at = 0; at < list.length; at++) {
    const fault = faultIn(list[at], depth + 1);
    if (fault) return within(at, fault);
  }
  return null;
}

function faultInFields(fields: object, depth: number): Fault | null {
  for (const [name, value] of Object.entries(fields)) {
    if (!storable(name)) return { path: [], message: 'has a field whose name cannot be stored' };
    const fault = faultIn(value, depth + 1);
    if (fault) return within(name, fault);
  }
  return null;
}

const within = (step: string | number, { path, message }: Fault): Fault => ({ path: [step, ...path], message });

function refusal({ path, message }: Fault): AppError {
  const named = path.length > MAX_DEPTH ? path.slice(0, 3) : path;
  return fieldError('invalid_request', named.join('.') || 'body', message);
}
