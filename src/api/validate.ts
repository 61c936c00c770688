import type { z } from 'zod';
import { AppError } from '../errors.ts';

/** @throws AppError `invalid_request` with `issues`, whose message names the first field */
export function validate<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, MOST_ISSUES).map(plain);
  const [first] = issues;
  throw new AppError('invalid_request', `${first?.path}: ${first?.message}`, { details: { issues } });
}

const MOST_ISSUES = 20;

/** An unknown key is reported at the object that holds it; the client looks for the key. */
function plain(issue: z.core.$ZodIssue): { path: string; message: string } {
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  return { path: [...issue.path, ...unknown].map(String).join('.') || 'body', message: issue.message };
}
