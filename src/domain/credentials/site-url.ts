import { invalidField } from './envelope-schema.ts';

/**
 * Where a self-hosted platform lives, without query, fragment or closing slash.
 * @throws AppError `invalid_request` (`site_url`)
 */
export function siteUrlOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw invalidField('site_url', 'site_url must be an http or https URL.');
  }
  if (url.username || url.password) throw invalidField('site_url', 'site_url must not carry a name or a password.');
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/** Platforms whose accounts say nothing without their site. */
export const selfHostedPlatforms: ReadonlySet<string> = new Set(['wordpress', 'ghost']);
