/** Where things are in Ghost's administration (5.x), best candidate first. A changed page is mended here alone. */
export const selectors = {
  title: ['[data-test-editor-title-input]', 'textarea.gh-editor-title'],
  /** Not the words below the cover, which are an editor of their own. */
  body: ['.koenig-lexical [data-lexical-editor="true"]:not(.gh-editor-feature-image-container *)'],
  coverInput: ['[data-test-file-input="feature-image"] input', '.gh-editor-feature-image-container input[type="file"]'],
  coverImage: ['.gh-editor-feature-image img'],
  coverDelete: ['.gh-editor-feature-image .image-delete'],
  settingsToggle: ['[data-test-psm-trigger]', 'button.settings-menu-toggle'],
  tagInput: ['#tag-input input'],
  tagRemove: ['#tag-input .ember-power-select-multiple-remove-btn'],
  tagChosen: ['#tag-input .ember-power-select-multiple-option'],
  tagOption: ['.ember-power-select-option'],
  publishFlow: ['[data-test-button="publish-flow"]', 'button.gh-publish-trigger'],
  publishStep: [
    '[data-test-modal="tk-reminder"]',
    '[data-test-publish-flow="options"]',
    '[data-test-button="continue"]',
  ],
  unfinished: ['[data-test-modal="tk-reminder"] .modal-footer .gh-btn:not(.gh-btn-black)'],
  continue: ['[data-test-button="continue"]'],
  publishType: ['[data-test-setting="publish-type"]'],
  publishOnly: ['label[for="publish-type-publish"]'],
  /** What closes Ghost's word of a post that has been published. */
  congratulation: ['[data-test-publish-flow="complete"] button.close', '.modal-post-success button.close'],
  confirm: ['[data-test-button="confirm-publish"]'],
} as const;
