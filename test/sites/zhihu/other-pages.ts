import { escapeHtml, htmlPage } from '../fixture-site.ts';
import type { Article } from './articles.ts';

export type SignIn = 'qr' | 'sms_code' | 'phone_confirmation' | 'expired';

/** What the login page asks for. */
export const signInPage = (asks: SignIn): string =>
  htmlPage('登录知乎', `<div class="SignContainer">${forms[asks]}</div>`);

export const captchaPage = htmlPage(
  '安全验证 - 知乎',
  '<div class="Unhuman"><div class="Captcha">请完成验证</div></div>',
);

export const softNotFoundPage = htmlPage('404 - 知乎', '<h1>你似乎来到了没有知识存在的荒原</h1>');

/** The public page, with what its script was given: `<` is written so that no text can end the script. */
export function articlePage({ id, title, content, declaration }: Article, authorId: string): string {
  const article = { id, title, state: 'published', status: 0, isVisible: true, author: { id: authorId } };
  const data = JSON.stringify({ initialState: { entities: { articles: { [id]: article } } } });
  return htmlPage(
    `${escapeHtml(title)} - 知乎`,
    `<h1>${escapeHtml(title)}</h1><p>${declaration}</p><article>${content}</article>
     <script id="js-initialData" type="text/json">${data.replaceAll('<', String.raw`\u003c`)}</script>`,
  );
}

const picture = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==';

const forms: Record<SignIn, string> = {
  qr: `<div class="Qrcode-content"><img class="Qrcode-img" width="100" height="100" src="${picture}"></div>`,
  sms_code: '<input class="SignFlow-smsInput" placeholder="输入 6 位短信验证码">',
  phone_confirmation: '<p class="SignFlow-confirm">请在手机上确认登录</p>',
  expired:
    '<input name="username" placeholder="手机号或邮箱"><input name="password" type="password" placeholder="密码">',
};
