import type { Page } from 'playwright-core';
import { AppError } from '../../errors.ts';
import { isTimeout } from './locate.ts';

/** What a platform shows to an account that is not, or not fully, logged in: any one of the selectors is enough. */
export type LoginSignals = Partial<Record<LoginReason, readonly string[]>>;

/** What the account's owner has to do: `expired` is to log in anew on the own device. */
export type LoginReason = 'expired' | 'qr' | 'sms_code' | 'captcha' | 'phone_confirmation';

/**
 * What is asked of the account's owner, as the page shows it now; null when there is no wall to be seen. A captcha comes
 * first, for it lies over everything else.
 */
export async function loginWall(page: Page, signals: LoginSignals): Promise<LoginReason | null> {
  for (const reason of inOrder) {
    const candidates = signals[reason];
    if (candidates && (await page.locator(candidates.join(', ')).first().isVisible())) return reason;
  }
  return null;
}

/** The same on a page that is known to ask: such pages draw their question by themselves, after they have come. */
export async function drawnWall(page: Page, signals: LoginSignals): Promise<LoginReason | null> {
  const any = page.locator(Object.values(signals).flat().join(', ')).filter({ visible: true });
  await any
    .first()
    .waitFor({ timeout: DRAWN_MS })
    .catch((error: unknown) => {
      if (!isTimeout(error)) throw error;
    });
  return loginWall(page, signals);
}

const DRAWN_MS = 5_000;

const inOrder = ['captcha', 'phone_confirmation', 'sms_code', 'qr', 'expired'] as const;

export const needsLogin = (platform: { id: string; name: string }, reason: LoginReason): AppError =>
  new AppError('needs_login', `${platform.name} asks this account to log in: ${words[reason]}.`, {
    details: { platform: platform.id, reason },
  });

/** Nothing is done about it but to stop: the account rests. */
export const riskSignal = (platform: { id: string; name: string }, signal: string): AppError =>
  new AppError('risk_signal', `${platform.name} warns this account (${signal}).`, {
    details: { platform: platform.id, signal },
  });

const words: Record<LoginReason, string> = {
  expired: 'the login has expired',
  qr: 'a QR code is to be scanned',
  sms_code: 'a code was sent by SMS',
  captcha: 'a captcha is to be solved',
  phone_confirmation: 'it is to be confirmed on the phone',
};
