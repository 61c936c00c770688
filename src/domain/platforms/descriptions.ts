import { byPlatform } from './by-platform.ts';
import { ghostDescription } from './ghost/description.ts';
import type { PlatformDescription } from './platform.ts';
import { wordpressDescription } from './wordpress/description.ts';
import { xiaohongshuDescription } from './xiaohongshu/description.ts';
import { zhihuDescription } from './zhihu/description.ts';

/** Every platform that we publish to, by its id. What drives it is in `drivers.ts`, for browser workers alone. */
export const descriptions = {
  wordpress: wordpressDescription,
  ghost: ghostDescription,
  zhihu: zhihuDescription,
  xiaohongshu: xiaohongshuDescription,
};

/** Of all platforms, in the order of their names. */
export const descriptionsOf = (): PlatformDescription[] =>
  Object.values(descriptions).toSorted((a, b) => a.name.localeCompare(b.name));

/** @throws AppError `not_found` for an id that is no platform of ours */
export const descriptionOf = (id: string) => byPlatform(descriptions, id);
