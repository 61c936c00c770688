import type { LoginReason } from '../../entities/publication.ts';

/** Whether a person can answer from afar, in the session that was asked. */
const answerable: Readonly<Record<LoginReason, boolean>> = {
  expired: false,
  no_grant: false,
  qr: true,
  sms_code: true,
  captcha: true,
  phone_confirmation: true,
};

/** Why an account has to log in, as the details of a `needs_login` say it. Adapters that know no more mean `expired`. */
export function loginReasonOf(details: Readonly<Record<string, unknown>> | null | undefined): LoginReason {
  const reason: unknown = details?.['reason'];
  return typeof reason === 'string' && isLoginReason(reason) ? reason : 'expired';
}

export const mayBeHandedOff = (reason: LoginReason): boolean => answerable[reason];

const isLoginReason = (text: string): text is LoginReason => Object.hasOwn(answerable, text);
