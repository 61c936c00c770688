/** Where things are on xiaohongshu's creator pages, best candidate first; from open tools, none confirmed on the live page. */
export const selectors = {
  imageTab: ['div.creator-tab:has-text("上传图文")'],
  imageInput: ['input.upload-input', '.upload-wrapper input[type="file"]'],
  imageShown: ['.img-preview-area .pr'],
  title: ['div.d-input input', 'input[placeholder*="填写标题"]'],
  body: ['div.tiptap[contenteditable="true"]', 'div.ql-editor[contenteditable="true"]'],
  topicOption: ['#creator-editor-topic-container .item'],
  topic: ['a.tiptap-topic'],
  declaration: ['.d-select:has(.d-select-placeholder:has-text("添加内容类型声明"))'],
  declarationOfAi: ['.d-option-name:has-text("笔记含AI合成内容")'],
  declared: ['.d-select-description'],
  schedule: ['.custom-switch-card:has-text("定时发布") .d-switch input'],
  /** The first one is the host of a closed shadow root: only a click at a point reaches the button in it. */
  publish: ['xhs-publish-btn[is-publish="true"]', '.publish-page-publish-btn button.bg-red', 'button.ce-btn.bg-red'],
  noteList: ['.note-manager .content'],
  /** What the list shows when it is there: a note, or that there is none. */
  noteListed: ['div.note[data-impression]', '.note-manager .empty'],
} as const;

/** Where in the host the button is: the red one at its right end, the other one saves and leaves. */
export const publishPoint = { fromRight: 50 } as const;

/** The end of the path that makes a note. */
export const createPath = '/web_api/sns/v2/note';

/** The page's own words against what was written. */
export const refusals = ['div.title-container div.max_suffix', 'div.edit-container div.length-error'] as const;

/** In the public page of a note. */
export const noteText = { title: '#detail-title', text: '#detail-desc' } as const;

/** What the platform shows to an account that is to log in. */
export const loginSignals = {
  captcha: ['.red-captcha', '#red-captcha'],
  sms_code: ['.login-container .code-sent input'],
  qr: ['.login-container .qrcode-img'],
  expired: ['div[class*="login-box"]'],
} as const;

/** Where the owner's answer goes. */
export const loginParts = {
  qrPicture: ['.login-container .qrcode-img'],
  /** Over the picture when it has run out. */
  qrRenewal: ['.login-container :text-is("点击刷新")'],
  code: ['.login-container .code-sent input'],
  sendCode: ['.login-container button:has-text("登录")', '.login-container button:has-text("登 录")'],
  codeRefused: ['.login-container .err-msg', '.login-container :text("验证码错误")'],
} as const;
