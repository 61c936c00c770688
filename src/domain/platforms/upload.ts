import { setTimeout as wait } from 'node:timers/promises';
import type { Locator } from 'playwright-core';
import { drift } from './locate.ts';
import type { ImageFile } from './platform.ts';

/**
 * Gives a field its files one by one, each when the page shows the one before: many pages take no second file while they
 * are busy with the first.
 * @throws AppError `selector_drift` when a file does not show in time
 */
export async function uploadOneByOne({ platform, field, shown, files, timeoutMs }: Upload): Promise<void> {
  for (const file of files) {
    const before = await shown.count();
    await (await field()).setInputFiles(uploadable(file), { timeout: timeoutMs });
    const end = Date.now() + timeoutMs;
    while ((await shown.count()) <= before) {
      if (Date.now() > end) throw drift({ platform, name: 'uploaded picture' });
      await wait(20);
    }
  }
}

/** `field` is asked for anew each time, since pages exchange it; `shown` are the pictures that have arrived. */
export type Upload = {
  platform: string;
  field: () => Promise<Locator>;
  shown: Locator;
  files: readonly ImageFile[];
  timeoutMs: number;
};

export const uploadable = ({ name, contentType, bytes }: ImageFile) => ({
  name,
  mimeType: contentType,
  buffer: Buffer.from(bytes),
});
