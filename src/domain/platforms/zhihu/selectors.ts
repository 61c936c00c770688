/** Where things are in zhihu's article editor, best candidate first; from open tools, none confirmed on the live page. */
export const selectors = {
  title: ['textarea[placeholder*="请输入标题"]', '.WriteIndex-titleInput textarea'],
  /** The editor itself; what it holds is its `div[data-contents="true"]`. */
  body: ['.DraftEditor-root .public-DraftEditor-content', '.Post-RichText [role="textbox"][contenteditable="true"]'],
  coverInput: ['input.UploadPicture-input'],
  coverImage: ['img.UploadPicture-image', '.UploadPicture-wrapper img'],
  coverDelete: ['button.UploadPicture-delete'],
  declaration: ['button.WriteIndex-declare', '[role="combobox"]:has-text("无声明")'],
  declarationOfAi: [
    '[role="listbox"] [role="option"]:has-text("包含 AI 辅助创作")',
    '.Select-option:has-text("包含 AI 辅助创作")',
  ],
  /** Opens a panel in which the last button is. Without one the next is the last button already. */
  publishPanel: ['button.PublishPanel-triggerButton[aria-haspopup]'],
  publish: [
    'button.PublishPanel-stepTwoButton',
    'button.PublishPanel-submitButton',
    '.WriteIndex-submit[role="button"]',
  ],
} as const;

/** What zhihu shows to an account that is to log in. */
export const loginSignals = {
  captcha: ['.Unhuman .Captcha', '.Captcha-englishContainer', '.yidun_popup'],
  phone_confirmation: ['.SignFlow-confirm'],
  sms_code: ['input.SignFlow-smsInput'],
  qr: ['.Qrcode-content img', 'img.Qrcode-img'],
  expired: ['.SignContainer input[name="password"]'],
} as const;

/** Where the owner's answer goes. A captcha without a field wants a mouse. */
export const loginParts = {
  qrPicture: ['.Qrcode-content img', 'img.Qrcode-img'],
  /** Over the picture when it has run out. */
  qrRenewal: ['.Qrcode-content :text-is("刷新二维码")'],
  code: ['input.SignFlow-smsInput'],
  sendCode: ['button.SignFlow-submitButton', '.SignContainer button:has-text("登录")'],
  codeRefused: ['.SignFlowInput-errorMask', '.SignContainer :text("验证码错误")'],
  captchaPicture: ['img.Unhuman-captcha', 'img.Captcha-englishImg'],
  captcha: ['.Unhuman input', '.Captcha-englishContainer input'],
  sendCaptcha: ['.Unhuman button:has-text("验证")', '.SignContainer button:has-text("登录")'],
  captchaRefused: ['.Unhuman .Captcha-error', '.Unhuman :text("验证码错误")'],
} as const;
