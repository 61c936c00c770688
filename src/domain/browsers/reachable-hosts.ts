import type { Destination } from '../../infra/egress-proxy.ts';

/** What a session's pages may load from, as data of its platform; a name also means all names below it. */
export type PlatformHosts = {
  /** Beside the account's own site, where it has one. */
  allowed: readonly string[];
  /** Fonts, trackers and telemetry: known not to be missed, also where they stand below an allowed name. */
  blocked: readonly string[];
  /** Addresses that its pages ask for and no step needs; `*` stands for anything. */
  unneeded?: readonly string[];
};

export type Verdict = 'allowed' | 'blocked' | 'refused';

/** Says of each destination whether a session of this account may go there. */
export function reachableHosts(
  siteUrl: string | null,
  { allowed, blocked }: PlatformHosts,
): (to: Destination) => Verdict {
  const site = siteUrl === null ? null : URL.parse(siteUrl);
  const siteHost = site && withoutBrackets(site.hostname);
  const ports = new Set([80, 443, Number(site?.port || 0)]);
  return ({ host, port }) => {
    if (blocked.some((name) => isWithin(host, name))) return 'blocked';
    const isKnown = (siteHost !== null && isSameSite(host, siteHost)) || allowed.some((name) => isWithin(host, name));
    return isKnown && ports.has(port) ? 'allowed' : 'refused';
  };
}

const isWithin = (host: string, name: string) => host === name || host.endsWith(`.${name}`);

/** Many sites answer at both names and send readers from one to the other. */
const isSameSite = (host: string, site: string) => host === site || host === `www.${site}` || site === `www.${host}`;

const withoutBrackets = (hostname: string) => hostname.replaceAll(/^\[|\]$/g, '');
