import { htmlPage } from '../fixture-site.ts';
import { codeScript, drawnLater, qrScript } from '../login-script.ts';

export type LoginForm = 'qr' | 'sms_code' | 'captcha' | 'expired';

export const loginPage = (form: LoginForm): string =>
  htmlPage('登录', `<div class="login-container"></div>${drawnLater('.login-container', forms[form], scripts[form])}`);

const forms: Record<LoginForm, string> = {
  qr: `<img class="qrcode-img" width="100" height="100">
    <div class="qrcode-status" hidden>二维码已过期 <span class="refresh">点击刷新</span></div>`,
  sms_code: `<div class="code-sent"><input placeholder="验证码"><button>登录</button></div>
    <div class="err-msg" hidden>验证码错误</div>`,
  captcha: '<div class="red-captcha">向右滑动完成拼图</div>',
  expired: '<div class="login-box-container">请登录</div>',
};

const next = '/new/home';
const scripts: Record<LoginForm, string> = {
  qr: qrScript({ picture: '.qrcode-img', runOut: '.qrcode-status', renew: '.refresh', next }),
  sms_code: `void fetch('/desk/sms/sent', { method: 'POST' });
    ${codeScript({ form: '.code-sent', refused: '.err-msg', path: '/desk/sms', next })}`,
  captcha: '',
  expired: '',
};
