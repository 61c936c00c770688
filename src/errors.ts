/**
 * Every failure the product knows, by name. One table says what each means to an HTTP client and to a retry policy;
 * the two translators (`api/middleware/errors.ts`, `activities/failures.ts`) read it and nothing else decides.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: Details | undefined;

  constructor(code: ErrorCode, message: string, { details, cause }: { details?: Details; cause?: unknown } = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.name = 'AppError';
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  /** Whether the same call may succeed later without anybody changing anything. */
  get retryable(): boolean {
    return errorTable[this.code].retryable;
  }
}

/** What is wrong with one field of a request, by the name that the client knows: `prices.input_nanos`. */
export const fieldError = (code: ErrorCode, field: string, message: string) =>
  new AppError(code, `${field}: ${message}.`, { details: { issues: [{ path: field, message }] } });

export type Details = Readonly<Record<string, unknown>>;

export const errorTable = {
  invalid_request: { status: 400, retryable: false },
  invalid_json: { status: 400, retryable: false },
  unauthenticated: { status: 401, retryable: false },
  forbidden: { status: 403, retryable: false },
  not_found: { status: 404, retryable: false },
  method_not_allowed: { status: 405, retryable: false },
  conflict: { status: 409, retryable: false },
  idempotency_conflict: { status: 409, retryable: false },
  draft_gone: { status: 409, retryable: false },
  too_late: { status: 409, retryable: false },
  duplicate: { status: 409, retryable: false },
  payload_too_large: { status: 413, retryable: false },
  unsupported_media_type: { status: 415, retryable: false },
  unprocessable: { status: 422, retryable: false },
  account_locked: { status: 423, retryable: false },
  limit_exceeded: { status: 429, retryable: true },
  limits_unavailable: { status: 503, retryable: true },
  unavailable: { status: 503, retryable: true },
  upstream_rejected: { status: 400, retryable: false },
  upstream_busy: { status: 429, retryable: true },
  upstream_failed: { status: 502, retryable: true },
  upstream_timeout: { status: 504, retryable: true },
  needs_login: { status: 409, retryable: false },
  login_not_asked: { status: 409, retryable: false },
  login_ended: { status: 410, retryable: false },
  needs_grant: { status: 409, retryable: false },
  selector_drift: { status: 502, retryable: false },
  risk_signal: { status: 503, retryable: false },
  browser_busy: { status: 503, retryable: true },
  browser_lost: { status: 503, retryable: true },
  internal: { status: 500, retryable: true },
} as const satisfies Record<string, { status: number; retryable: boolean }>;

export type ErrorCode = keyof typeof errorTable;

export const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(errorTable, text);
