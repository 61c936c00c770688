import type { Locator } from 'playwright-core';

/** Replaces all that a rich text editor holds, as a person does who pastes from another page. */
export async function replaceByPaste(editor: Locator, { html, text, timeoutMs }: Pasted): Promise<void> {
  await editor.focus({ timeout: timeoutMs });
  await editor.press('ControlOrMeta+a', { timeout: timeoutMs });
  await editor.press('Backspace', { timeout: timeoutMs });
  await editor.evaluate(pasteInPage, { html, text });
}

export type Pasted = { html: string; text: string; timeoutMs: number };

/** Runs in the page. */
function pasteInPage(editor: Element, { html, text }: { html: string; text: string }): void {
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/html', html);
  clipboardData.setData('text/plain', text);
  editor.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
}
