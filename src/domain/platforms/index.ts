import { byPlatform } from './by-platform.ts';
import { wordpressDescription } from './wordpress/description.ts';

/** Every platform that we publish to, by its id. What drives it is in `drivers.ts`, for browser workers alone. */
export const descriptions = { wordpress: wordpressDescription };

/** @throws AppError `not_found` for an id that is no platform of ours */
export const descriptionOf = (id: string) => byPlatform(descriptions, id);

export { violationsOf } from './content-check.ts';
export type * from './platform.ts';
