import { openEgressProxy } from '../../infra/egress-proxy.ts';
import type { EgressProxy } from '../../infra/egress-proxy.ts';
import type { OutboundPolicy } from '../../infra/outbound.ts';
import { reachableHosts } from './reachable-hosts.ts';
import type { SessionSeed } from './browser-session.ts';

export type SessionEgressOptions = {
  /** Where sites, and proxies that users name, may be. */
  outbound: OutboundPolicy;
  /** The proxy of this installation, for accounts that have none of their own. */
  ownProxy: { url: URL; outbound: OutboundPolicy } | null;
  /** Told once a session of each host that was not reached and is not known to be one nobody misses. */
  onRefused: (refused: { accountId: string; host: string; port: number }) => void;
};

export type SessionEgress = {
  open(accountId: string, seed: SessionSeed): Promise<EgressProxy>;
  /** Connections that were not made since the start. */
  denied(): { blocked: number; refused: number };
};

/** The way out of each session: to what its account's platform needs, through the account's own proxy if it has one. */
export function createSessionEgress({ outbound, ownProxy, onRefused }: SessionEgressOptions): SessionEgress {
  const counts = { blocked: 0, refused: 0 };
  return {
    denied: () => ({ ...counts }),
    async open(accountId, { baseUrl, hosts, proxyUrl }) {
      const verdictOn = reachableHosts(baseUrl, hosts);
      const told = new Set<string>();
      return openEgressProxy({
        outbound,
        upstream: proxyUrl === null ? ownProxy : { url: new URL(proxyUrl), outbound },
        mayReach({ host, port }) {
          const verdict = verdictOn({ host, port });
          if (verdict === 'allowed') return true;
          counts[verdict] += 1;
          if (verdict === 'refused' && !told.has(host)) onRefused({ accountId, host, port });
          told.add(host);
          return false;
        },
      });
    },
  };
}
