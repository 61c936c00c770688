import { AppError } from '../../errors.ts';

/** What is wrong with one target of a batch. */
export type TargetProblem = {
  /** Its number, from 0. */
  target: number;
  platform: string;
  account_id: string;
  code: string;
  message: string;
} & Readonly<Record<string, unknown>>;

type Targeted = { at: number; target: { platform: string; accountId: string } };

/** The refusal of one target; everything else is thrown on. */
export async function problemOf(add: () => Promise<unknown>): Promise<AppError | null> {
  try {
    await add();
    return null;
  } catch (error) {
    if (error instanceof AppError && error.status < 500) return error;
    throw error;
  }
}

/** Every violated limit by itself, and any other refusal as it is. */
export function problemsOf({ code, message, details = {} }: AppError, { at, target }: Targeted): TargetProblem[] {
  const where = { target: at, platform: target.platform, account_id: target.accountId };
  const { violations, ...more } = details;
  if (!Array.isArray(violations)) return [{ ...where, code, message, ...more }];
  return violations.map((violation: object) => Object.assign({ code, message }, violation, where));
}

export const refusedBatch = (violations: readonly TargetProblem[]) =>
  new AppError('unprocessable', `Nothing was published: ${violations.length} things are wrong with the targets.`, {
    details: { violations },
  });
