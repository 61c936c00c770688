import { AppError } from '../../errors.ts';
import type { Config } from '../../infra/config.ts';
import { createOutboundPolicy } from '../../infra/outbound.ts';
import { outboundGet } from '../../infra/outbound-get.ts';
import { imageUrls } from '../platforms/index.ts';
import type { ImageFile } from '../platforms/index.ts';

export type Pictures = (markdown: string) => Promise<ImageFile[]>;

/**
 * The pictures that a text shows, for platforms that take text and pictures apart, in their order.
 * @throws AppError `unprocessable` naming the first that cannot be had
 */
export function createPictures({ SITE_PRIVATE_NETWORKS }: Pick<Config, 'SITE_PRIVATE_NETWORKS'>): Pictures {
  const outbound = createOutboundPolicy({ allowPrivate: SITE_PRIVATE_NETWORKS === 'allow', allowQuery: true });
  return async (markdown) => {
    const pictures: ImageFile[] = [];
    for (const [at, url] of imageUrls(markdown).entries()) {
      const name = `picture-${at + 1}`;
      try {
        const file = await outboundGet(url ?? '', { outbound, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES });
        pictures.push({ name, ...file });
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : 'it cannot be read';
        const details = { field: 'content.markdown', image: at };
        throw new AppError('unprocessable', `Picture ${at + 1} of the text: ${why}.`, { details, cause });
      }
    }
    return pictures;
  };
}

const TIMEOUT_MS = 15_000;
const MAX_BYTES = 20_000_000;
