export { descriptionOf, descriptions, descriptionsOf } from './descriptions.ts';
export { violationsOf } from './content-check.ts';
export { imageUrls } from './markdown.ts';
export { createEnabledPlatforms } from './enabled-platforms.ts';
export type { EnabledPlatforms, PlatformSettings } from './enabled-platforms.ts';
export type * from './platform.ts';
