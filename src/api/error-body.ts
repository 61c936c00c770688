import type { AppError, ErrorCode } from '../errors.ts';

type Where = { path: string; requestId: string };

/** An error in the language of the client that called: ours, OpenAI's on /v1, Anthropic's on /v1/messages. */
export function errorBody(error: AppError, { path, requestId }: Where): Record<string, unknown> {
  if (/^\/v1\/messages(\/|$)/.test(path)) return anthropicBody(error, requestId);
  if (path.startsWith('/v1/')) return openAiBody(error);
  const { code, message, details } = error;
  return { error: { code, message, ...(details && { details }), request_id: requestId } };
}

/** https://platform.openai.com/docs/guides/error-codes */
export function openAiBody({ code, status, message, details }: AppError): { error: Record<string, unknown> } {
  return {
    error: { message, type: openAiType(status, details), param: paramOf(details), code: openAiCode(code, details) },
  };
}

function openAiType(status: number, details: AppError['details']): string {
  if (details?.['period_quota'] === true) return 'insufficient_quota';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

/** The codes that clients of OpenAI look for; else our own. */
function openAiCode(code: ErrorCode, details: AppError['details']): string {
  if (details?.['reason'] === 'context_length_exceeded') return 'context_length_exceeded';
  if (details?.['period_quota'] === true) return 'insufficient_quota';
  return code === 'unauthenticated' ? 'invalid_api_key' : code;
}

function paramOf(details: AppError['details']): string | null {
  const issues: unknown = details?.['issues'];
  const first: unknown = Array.isArray(issues) ? issues[0] : undefined;
  return typeof first === 'object' && first && 'path' in first ? String(first.path) : null;
}

/** https://docs.anthropic.com/en/api/errors */
export function anthropicBody({ status, message }: AppError, requestId?: string): Record<string, unknown> {
  return {
    type: 'error',
    error: { type: anthropicType(status), message },
    ...(requestId && { request_id: requestId }),
  };
}

const anthropicTypes = new Map([
  [401, 'authentication_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [413, 'request_too_large'],
  [429, 'rate_limit_error'],
  [503, 'overloaded_error'],
  [504, 'timeout_error'],
]);
const anthropicType = (status: number) =>
  anthropicTypes.get(status) ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
