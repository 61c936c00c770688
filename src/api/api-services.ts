import type { Client } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import type { Redis } from 'ioredis';
import type { Accounts } from '../domain/accounts/accounts.ts';
import type { Analytics } from '../domain/analytics/analytics.ts';
import type { Articles } from '../domain/articles/articles.ts';
import type { Browsers } from '../domain/browsers/browsers.ts';
import type { Credentials } from '../domain/credentials/credentials.ts';
import type { Llm } from '../domain/llm/llm.ts';
import type { LoginChallenges } from '../domain/login/login.ts';
import type { MediaStore } from '../domain/media/media.ts';
import type { Notices } from '../domain/notices/notices.ts';
import type { Publishing } from '../domain/publishing/publishing.ts';
import type { Schedule } from '../domain/schedule/schedule.ts';
import type { Turns } from '../domain/turns/turns.ts';
import type { Usage } from '../domain/usage/usage.ts';
import type { Config } from '../infra/config.ts';
import type { Database } from '../infra/database.ts';
import type { Logger } from '../infra/logger.ts';
import type { Metrics } from '../infra/metrics.ts';
import type { Readiness } from './readiness.ts';

/** The part of the LLM gateway that the API uses. */
export type Gateway = Pick<Llm, 'call' | 'completions' | 'testProvider'> & {
  catalog: Pick<
    Llm['catalog'],
    'list' | 'resolve' | 'deployments' | 'clientConfig' | 'change' | 'providers' | 'models' | 'groups' | 'replace'
  >;
  breaker: Pick<Llm['breaker'], 'state' | 'transitions'>;
};

/** What the API needs of the services. */
export type ApiServices = {
  config: Config;
  now: () => Date;
  logger: Logger;
  metrics: Metrics;
  database: Database;
  redis: Redis;
  temporal: Client;
  codec: PayloadCodec;
  accounts: Accounts;
  usage: Pick<Usage, 'caller' | 'quota' | 'summary' | 'byModel' | 'history' | 'records' | 'dailyTrend' | 'overview'>;
  llm: Gateway;
  articles: Pick<Articles, 'create' | 'get'>;
  publishing: Omit<Publishing, 'gate' | 'account' | 'forBrowser' | 'moveTime' | 'applyEdit'>;
  browsers: Pick<Browsers, 'fleet' | 'proxies'>;
  schedule: Pick<Schedule, 'slots' | 'recurring'>;
  turns: Pick<Turns, 'pace' | 'setPace' | 'disable' | 'enable'>;
  credentials: Omit<Credentials, 'openGrant' | 'saveFreshState' | 'keepChecked'>;
  login: Pick<LoginChallenges, 'shown' | 'answer'>;
  analytics: Pick<Analytics, 'posts' | 'overview' | 'orderCollection'>;
  media: Pick<MediaStore, 'link'>;
  notices: Pick<Notices, 'list' | 'read' | 'latestId' | 'follow' | 'settings' | 'webhooks' | 'deliveries'>;
  readiness: () => Promise<Readiness>;
};
