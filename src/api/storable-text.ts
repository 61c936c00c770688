import { AppError } from '../errors.ts';

/**
 * Refuses what Postgres cannot keep: U+0000 and halves of surrogate pairs, in values and in field names; and nesting so
 * deep that only an attack needs it. Walks without recursion, so the depth of the input cannot exhaust the stack.
 * @throws AppError `invalid_request` that names the field
 */
export function refuseUnstorable(value: unknown): void {
  const waiting: Part[] = [{ value, path: [] }];
  for (let part = waiting.pop(); part; part = waiting.pop()) {
    if (part.path.length > MAX_DEPTH) throw refusal(part.path.slice(0, 3), 'is nested too deeply');
    if (typeof part.value === 'string' && !storable(part.value)) throw refusal(part.path, UNSTORABLE);
    waiting.push(...partsOf(part));
  }
}

export const storable = (text: string) => !text.includes('\u0000') && text.isWellFormed();

type Part = { value: unknown; path: (string | number)[] };

const MAX_DEPTH = 64;
const UNSTORABLE = 'holds U+0000 or half of a surrogate pair, which cannot be stored';

function partsOf({ value, path }: Part): Part[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.map((item: unknown, index) => ({ value: item, path: [...path, index] }));
  return Object.entries(value).map(([name, field]: [string, unknown]) => {
    if (!storable(name)) throw refusal(path, 'has a field whose name cannot be stored');
    return { value: field, path: [...path, name] };
  });
}

function refusal(path: (string | number)[], message: string): AppError {
  const field = path.join('.') || 'body';
  return new AppError('invalid_request', `${field}: ${message}`, { details: { issues: [{ path: field, message }] } });
}
