import type { Redis } from 'ioredis';
import type { Config } from '../../infra/config.ts';
import type { Database } from '../../infra/database.ts';
import type { Keyring } from '../../infra/keyring.ts';
import { createOutboundPolicy } from '../../infra/outbound.ts';
import { createAccountProxies } from './account-proxy.ts';
import { createBrowserFleet } from './browser-fleet.ts';
import { createSessionRegistry } from './session-registry.ts';
import { LEASE_MS } from './worker-life.ts';

export type BrowsersDependencies = {
  database: Database;
  redis: Redis;
  keyring: Keyring;
  config: Pick<Config, 'SITE_PRIVATE_NETWORKS' | 'BROWSER_PROXY_URL'>;
  now: () => Date;
};

/** What all processes know of the browser workers. The browsers themselves are in their workers alone. */
export function createBrowsers({ database, redis, keyring, config, now }: BrowsersDependencies) {
  const outbound = createOutboundPolicy({ allowPrivate: config.SITE_PRIVATE_NETWORKS === 'allow' });
  const registry = createSessionRegistry(redis, { leaseMs: LEASE_MS });
  const ours = config.BROWSER_PROXY_URL;
  return {
    registry,
    fleet: createBrowserFleet({ database, registry, now }),
    proxies: createAccountProxies({ database, keyring, outbound }),
    /** What the sessions' ways out are made from. Who runs this installation may have its proxy in its own network. */
    egress: {
      outbound,
      ownProxy: ours ? { url: new URL(ours), outbound: createOutboundPolicy({ allowPrivate: true }) } : null,
    },
  };
}

export type Browsers = ReturnType<typeof createBrowsers>;

export { BrowserPool } from './browser-pool.ts';
export type { BrowserPoolOptions } from './browser-pool-options.ts';
export type { SessionSeed } from './browser-session.ts';
export type { FleetSession } from './browser-fleet.ts';
export type { PlatformHosts } from './reachable-hosts.ts';
export { createSessionRegistry } from './session-registry.ts';
export type { RegistryOptions, SessionRegistry, WorkerLoad } from './session-registry.ts';
export { workerOrder } from './worker-report.ts';
