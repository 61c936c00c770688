import { AppError } from '../../errors.ts';
import type { Platform } from './platform.ts';
import { wordpress } from './wordpress/platform.ts';

/** Every platform that we publish to, by its id. */
export const platforms: Readonly<Record<string, Platform>> = { wordpress };

/** @throws AppError `not_found` for an id that is no platform of ours */
export function platformOf(id: string): Platform {
  const platform = Object.hasOwn(platforms, id) ? platforms[id] : undefined;
  if (!platform) throw new AppError('not_found', `There is no platform "${id}".`, { details: { platform: id } });
  return platform;
}

export { violationsOf } from './content-check.ts';
export { markdownToHtml, markdownToText } from './markdown.ts';
export type * from './platform.ts';
