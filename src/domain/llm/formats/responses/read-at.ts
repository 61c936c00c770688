import type { z } from 'zod';
import { inexpressible } from '../format.ts';

/**
 * A part of a body that is only parsed once it is known to be needed.
 * @param path of the part, as the client sent it
 * @throws AppError `invalid_request` that names the first field which is wrong
 */
export function readAt<S extends z.ZodType>(schema: S, value: unknown, path: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { at, message } = deepest(parsed.error.issues);
  throw inexpressible([path, ...at].map(String).join('.'), message);
}

type Finding = { at: PropertyKey[]; message: string };

/** Of the forms that a field may have, the one is meant that was followed furthest: a list of parts is no bad string. */
function deepest([issue]: readonly z.core.$ZodIssue[]): Finding {
  const here = { at: issue?.path ?? [], message: issue?.message ?? 'is not valid' };
  if (issue?.code !== 'invalid_union') return here;
  const within = issue.errors.map(deepest).map(({ at, message }) => ({ at: [...here.at, ...at], message }));
  return within.reduce((best, found) => (found.at.length > best.at.length ? found : best), here);
}
