import { htmlPage } from '../fixture-site.ts';
import { codeScript, drawnLater, qrScript } from '../login-script.ts';

export type SignIn = 'qr' | 'sms_code' | 'phone_confirmation' | 'expired';

/** What the login page asks for. */
export const signInPage = (asks: SignIn): string =>
  htmlPage('登录知乎', `<div class="SignContainer"></div>${drawnLater('.SignContainer', forms[asks], scripts[asks])}`);

/** The letters of a picture, or a puzzle that wants a mouse. */
export const captchaPage = (kind: 'letters' | 'puzzle'): string =>
  htmlPage(
    '安全验证 - 知乎',
    `<div class="Unhuman"></div>
    ${kind === 'letters' ? drawnLater('.Unhuman', letters, lettersScript) : drawnLater('.Unhuman', puzzle, '')}`,
  );

const forms: Record<SignIn, string> = {
  qr: `<div class="Qrcode-content"><img class="Qrcode-img" width="100" height="100">
    <div class="Qrcode-runOut" hidden>二维码已失效 <button>刷新二维码</button></div></div>`,
  sms_code: `<input class="SignFlow-smsInput" placeholder="输入 6 位短信验证码">
    <div class="SignFlowInput-errorMask" hidden>验证码错误</div><button class="SignFlow-submitButton">登录</button>`,
  phone_confirmation: '<p class="SignFlow-confirm">请在手机上确认登录</p>',
  expired:
    '<input name="username" placeholder="手机号或邮箱"><input name="password" type="password" placeholder="密码">',
};

const next = '/write';
const qr = qrScript({ picture: '.Qrcode-img', runOut: '.Qrcode-runOut', renew: 'button', next });
const scripts: Record<SignIn, string> = {
  qr,
  sms_code: `void fetch('/desk/sms/sent', { method: 'POST' });
    ${codeScript({ form: '.SignContainer', refused: '.SignFlowInput-errorMask', path: '/desk/sms', next })}`,
  phone_confirmation: qr,
  expired: '',
};

const letters = `<div class="Captcha"><img class="Unhuman-captcha" width="100" height="100" src="/desk/captcha/picture">
  <input placeholder="请输入验证码"><button>验证</button><div class="Captcha-error" hidden>验证码错误</div></div>`;
const puzzle = '<div class="Captcha">向右滑动完成拼图</div>';

/** Another picture after each wrong answer. */
const lettersScript = codeScript({
  form: '.Captcha',
  refused: '.Captcha-error',
  path: '/desk/captcha',
  onWrong: `document.querySelector('.Unhuman-captcha').src = '/desk/captcha/picture?' + Math.random();`,
  next,
});
