import { byPlatform } from './by-platform.ts';
import type { descriptions } from './index.ts';
import { ghost } from './ghost/platform.ts';
import type { Platform } from './platform.ts';
import { wordpress } from './wordpress/platform.ts';

/** What drives each platform, by its id. */
export const platforms: Readonly<Record<keyof typeof descriptions, Platform>> = { wordpress, ghost };

/** @throws AppError `not_found` for an id that is no platform of ours */
export const platformOf = (id: string) => byPlatform(platforms, id);
