import { AppError } from '../../errors.ts';
import type { ErrorCode } from '../../errors.ts';

/** A change of the catalog that is not made, with the field that it fails at, by the name that operators know. */
export function refusal(code: ErrorCode, field: string, message: string): AppError {
  return new AppError(code, `${field}: ${message}.`, { details: { issues: [{ path: field, message }] } });
}
