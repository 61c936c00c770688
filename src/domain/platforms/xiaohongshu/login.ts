import { loginAtWall } from '../login-at-wall.ts';
import { loginParts, loginSignals } from './selectors.ts';

/** By a QR code or a code from an SMS. Its captcha is a puzzle to be dragged: nobody can answer that from afar. */
export const login = loginAtWall({
  signals: loginSignals,
  asks: {
    qr: {
      prompt: 'Scan the code with the Xiaohongshu app on your phone, and confirm there.',
      picture: loginParts.qrPicture,
      renew: loginParts.qrRenewal,
    },
    sms_code: {
      prompt: 'Type the code that Xiaohongshu sent to your phone by SMS.',
      code: { field: loginParts.code, send: loginParts.sendCode, refused: loginParts.codeRefused },
    },
  },
  isInside: (page) => creatorPages.test(new URL(page.url()).pathname),
});

const creatorPages = /^\/(new|publish|statistics)\//;
