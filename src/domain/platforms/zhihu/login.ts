import type { Page } from 'playwright-core';
import { loginAtWall } from '../login-at-wall.ts';
import { readAccountId } from './api.ts';
import { loginParts, loginSignals } from './selectors.ts';
import { askingPages } from './visit.ts';

/** By a QR code, a code from an SMS, a confirmation on the phone, or letters that a person reads from a picture. */
export const login = loginAtWall({
  signals: loginSignals,
  asks: {
    qr: {
      prompt: 'Scan the code with the Zhihu app on your phone, and confirm there.',
      picture: loginParts.qrPicture,
      renew: loginParts.qrRenewal,
    },
    sms_code: {
      prompt: 'Type the code that Zhihu sent to your phone by SMS.',
      code: { field: loginParts.code, send: loginParts.sendCode, refused: loginParts.codeRefused },
    },
    captcha: {
      prompt: 'Type the letters that you see in the picture.',
      picture: loginParts.captchaPicture,
      code: { field: loginParts.captcha, send: loginParts.sendCaptcha, refused: loginParts.captchaRefused },
    },
    phone_confirmation: { prompt: 'Confirm the login in the Zhihu app on your phone.' },
  },
  isInside,
});

/** Zhihu itself says that it knows the account. */
async function isInside(page: Page): Promise<boolean> {
  const { pathname, protocol } = new URL(page.url());
  if (!protocol.startsWith('http') || askingPages.some(({ at }) => pathname.startsWith(at))) return false;
  return readAccountId(page).then(
    () => true,
    () => false, // not in, or on its way to another page
  );
}
