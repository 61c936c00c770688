/** Where things are on WordPress' pages (6.0 to 6.8 seen), best candidate first. A changed page is mended here alone. */
export const selectors = {
  title: ['.editor-post-title__input', 'h1.wp-block-post-title[contenteditable="true"]'],
  publishToggle: ['.editor-post-publish-panel__toggle'],
  publishButton: [
    '.editor-post-publish-panel .editor-post-publish-button',
    '.editor-post-publish-panel__header-publish-button button',
  ],
  /** In the header, for people who switched the pre-publish panel off: it publishes at once. */
  directPublishButton: [
    '.edit-post-header .editor-post-publish-button',
    '.editor-header .editor-post-publish-button',
    '.edit-post-header__settings .editor-post-publish-button',
  ],
  postList: ['#the-list'],
  viewsColumn: [
    'td.column-demo_views',
    'td.column-post-views',
    'td.column-post_views',
    'td.column-views',
    'td.column-pageviews',
    'td.column-stats',
  ],
  commentsColumn: ['td.column-comments', 'td.comments'],
} as const;

/** The frame that holds the text with a block theme; without one the text stands in the page itself. */
export const canvasFrame = 'iframe[name="editor-canvas"]';
