import { byPlatform } from './by-platform.ts';
import { descriptionOf } from './descriptions.ts';
import type { descriptions } from './descriptions.ts';
import { fitImage } from './fit-image.ts';
import { ghost } from './ghost/platform.ts';
import type { Platform, PostToPrepare } from './platform.ts';
import { wordpress } from './wordpress/platform.ts';
import { xiaohongshu } from './xiaohongshu/platform.ts';
import { zhihu } from './zhihu/platform.ts';

/** What drives each platform, by its id. */
export const platforms: Readonly<Record<keyof typeof descriptions, Platform>> = {
  wordpress,
  ghost,
  zhihu,
  xiaohongshu,
};

/** @throws AppError `not_found` for an id that is no platform of ours */
export const platformOf = (id: string) => byPlatform(platforms, id);

/**
 * A post with pictures as the platform takes them. The same bytes give the same pictures, so that a retry finds what an
 * earlier attempt has uploaded.
 * @throws AppError `unprocessable` for what is no picture
 */
export async function fitted(platformId: string, post: PostToPrepare): Promise<PostToPrepare> {
  const limits = descriptionOf(platformId).limits.image;
  const { cover, images = [] } = post;
  return {
    ...post,
    cover: cover && (await fitImage(cover, limits)),
    images: await Promise.all(images.map((image) => fitImage(image, limits))),
  };
}
