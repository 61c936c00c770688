import { AppError } from '../../errors.ts';
import type { Config } from '../../infra/config.ts';
import { descriptionOf, descriptionsOf } from './descriptions.ts';
import type { PlatformDescription } from './platform.ts';

export type PlatformSettings = Pick<Config, 'UNVERIFIED_PLATFORMS' | 'PLATFORM_SITES'>;

/** Which platforms this installation publishes to: those that were tried live, and others that it asks for by name. */
export function createEnabledPlatforms({ UNVERIFIED_PLATFORMS, PLATFORM_SITES }: PlatformSettings) {
  const wanted = new Set(UNVERIFIED_PLATFORMS.split(','));
  const sites = new Map(PLATFORM_SITES.split(',').map((pair) => siteIn(pair)));
  const isEnabled = ({ id, verified }: PlatformDescription) => verified === 'real' || wanted.has(id);

  return {
    /** All platforms, with whether they may be used. */
    list: () => descriptionsOf().map((description) => ({ description, isEnabled: isEnabled(description) })),

    /** @throws AppError `not_found` for no platform of ours, `unprocessable` (`platform`) for one that is not enabled */
    enabled(id: string): PlatformDescription {
      const description = descriptionOf(id);
      if (isEnabled(description)) return description;
      throw new AppError('unprocessable', `${description.name} is not enabled here: it was not verified live.`, {
        details: { field: 'platform', platform: id },
      });
    },

    /**
     * Where an account's pages are.
     * @throws AppError `invalid_request` when the account of a self-hosted platform names no site
     */
    siteOf({ platform, siteUrl }: { platform: string; siteUrl?: string | null | undefined }): string {
      const { selfHosted, site } = descriptionOf(platform);
      const url = selfHosted ? siteUrl : (sites.get(platform) ?? site);
      if (url) return url;
      throw new AppError('invalid_request', 'The account has no site_url.', { details: { field: 'site_url' } });
    },
  };
}

export type EnabledPlatforms = ReturnType<typeof createEnabledPlatforms>;

/** `zhihu=https://…` as a pair. */
function siteIn(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return [pair.slice(0, at), pair.slice(at + 1)];
}
