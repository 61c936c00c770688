import { z } from 'zod';

/**
 * Reads and checks the whole environment at once. A setting keeps its environment name everywhere, so that one search
 * finds all its uses.
 * @throws an Error that names every wrong or missing setting
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const filled = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environment.safeParse(filled);
  if (!parsed.success) throw new Error(`The environment is not complete:\n${z.prettifyError(parsed.error)}`);
  if (parsed.data.NODE_ENV === 'production') refuseDefaultSecrets(parsed.data);
  const networks = parsed.data.NODE_ENV === 'production' ? 'refuse' : 'allow';
  const {
    PROVIDER_PRIVATE_NETWORKS = networks,
    WEBHOOK_PRIVATE_NETWORKS = networks,
    SITE_PRIVATE_NETWORKS = networks,
  } = parsed.data;
  return { ...parsed.data, PROVIDER_PRIVATE_NETWORKS, WEBHOOK_PRIVATE_NETWORKS, SITE_PRIVATE_NETWORKS };
}

type Networks = 'PROVIDER_PRIVATE_NETWORKS' | 'WEBHOOK_PRIVATE_NETWORKS' | 'SITE_PRIVATE_NETWORKS';
export type Config = Readonly<z.infer<typeof environment> & Record<Networks, 'allow' | 'refuse'>>;

/** Answers the setting that only some processes need, or says which one is missing. */
export function required(
  config: Config,
  name: 'BROWSER_WORKER_PUBLIC_KEY' | 'BROWSER_WORKER_PRIVATE_KEY' | 'CHROMIUM_PATH',
): string {
  const value = config[name];
  if (value === undefined) throw new Error(`${name} is not set, and this process cannot work without it.`);
  return value;
}

/** Known to everybody who can read this file: good on a developer's machine, refused in production. */
export const developmentSecrets = {
  JWT_SECRET: 'development-only-jwt-secret-development-only',
  ENCRYPTION_KEYS: 'dev:ZGV2ZWxvcG1lbnQtb25seS1lbmNyeXB0aW9uLWtleSE=',
  PAYLOAD_KEYS: 'dev:ZGV2ZWxvcG1lbnQtb25seS1wYXlsb2FkLWtleS0hISE=',
  S3_SECRET_KEY: 'ai-creator-development',
  CODEC_TOKEN: 'development-only-codec-token',
} as const;

const wholeNumber = z.coerce.number().int();
const milliseconds = wholeNumber.positive();
const keys = z
  .string()
  .regex(/^[\w-]+:[A-Za-z0-9+/]{43}=(,[\w-]+:[A-Za-z0-9+/]{43}=)*$/, 'id:base64 of 32 bytes, comma-separated');

export const environment = z.object({
  NODE_ENV: z
    .enum(['development', 'test', 'production'])
    .default('development')
    .describe('`production` refuses default secrets'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('least severe line that is written'),
  HOST: z.string().default('127.0.0.1').describe('address the API listens on'),
  PORT: wholeNumber.min(0).max(65_535).default(8001).describe('port the API listens on'),
  PUBLIC_URL: z.url().default('http://127.0.0.1:8001').describe('how clients reach the API; stands in openapi.json'),
  CORS_ORIGINS: z
    .string()
    .default('http://localhost:5173,tauri://localhost')
    .describe('origins that may call from a page, comma-separated'),
  TRUSTED_PROXIES: wholeNumber
    .min(0)
    .default(0)
    .describe('proxies of ours before the API, whose X-Forwarded-For is believed'),
  BODY_LIMIT_BYTES: wholeNumber.positive().default(1_048_576).describe('largest request body'),
  LARGE_BODY_LIMIT_BYTES: wholeNumber
    .positive()
    .default(33_554_432)
    .describe('the same for requests that may hold pictures, documents and recordings'),
  EVENT_STREAMS_PER_USER: wholeNumber
    .positive()
    .default(20)
    .describe('event streams that one user may hold open at one API process'),
  SHUTDOWN_TIMEOUT_MS: milliseconds.default(20_000).describe('how long a process may drain after SIGTERM'),

  DATABASE_URL: z
    .url()
    .default('postgres://postgres:password@127.0.0.1:5432/ai_creator')
    .describe('PostgreSQL 15 or newer'),
  DATABASE_POOL_SIZE: wholeNumber.positive().default(10).describe('connections per process'),
  REDIS_URL: z.url().default('redis://127.0.0.1:6379').describe('Redis 7 or Valkey 8 and newer'),
  REDIS_PREFIX: z
    .string()
    .default('acc:')
    .describe('stands before every key, so that installations can share a server'),
  S3_ENDPOINT: z.url().default('http://127.0.0.1:8333').describe('any S3 server'),
  S3_ACCESS_KEY: z.string().default('ai-creator').describe('S3 access key id'),
  S3_SECRET_KEY: z.string().default(developmentSecrets.S3_SECRET_KEY).describe('secret'),
  S3_BUCKET: z.string().default('ai-creator').describe('made when absent'),
  S3_REGION: z.string().default('us-east-1').describe('S3 region'),

  TEMPORAL_ADDRESS: z.string().default('127.0.0.1:7233').describe('host:port of the Temporal frontend'),
  TEMPORAL_NAMESPACE: z.string().default('default').describe('namespace of all workflows'),
  TEMPORAL_UI_URL: z.url().default('http://127.0.0.1:8233').describe('for links to runs'),

  JWT_SECRET: z.string().min(32).default(developmentSecrets.JWT_SECRET).describe('secret; signs access tokens'),
  ACCESS_TOKEN_SECONDS: wholeNumber.positive().default(900).describe('life of an access token'),
  REFRESH_TOKEN_SECONDS: wholeNumber.positive().default(604_800).describe('life of a refresh token'),
  LOCK_AFTER_FAILURES: wholeNumber.positive().default(5).describe('failed logins before an account locks'),
  LOCK_SECONDS: wholeNumber.positive().default(300).describe('how long it stays locked'),
  AUTH_REQUESTS_PER_MINUTE: wholeNumber.positive().default(60).describe('per address, on register, login and refresh'),
  ENCRYPTION_KEYS: keys
    .default(developmentSecrets.ENCRYPTION_KEYS)
    .describe('secret; AES-256 keys for columns, the first one seals, all open'),
  PAYLOAD_KEYS: keys
    .default(developmentSecrets.PAYLOAD_KEYS)
    .describe('secret; AES-256 keys for workflow payloads, the first one seals, all open'),
  CODEC_TOKEN: z
    .string()
    .min(16)
    .default(developmentSecrets.CODEC_TOKEN)
    .describe('secret; lets the Temporal UI read payloads through /codec/{token}'),
  BROWSER_WORKER_PUBLIC_KEY: z
    .string()
    .optional()
    .describe(
      'X25519, base64url; several, comma-separated: grants are sealed to the first and taken for all; required by the API',
    ),
  BROWSER_WORKER_PRIVATE_KEY: z
    .string()
    .optional()
    .describe('secret; X25519, base64url; several, comma-separated: all open grants; given to browser workers only'),

  TIMEZONE: z.string().default('Asia/Shanghai').describe('IANA zone in which quota days, weeks and months turn over'),
  LLM_REQUEST_TIMEOUT_MS: milliseconds.default(120_000).describe('longest wait for one answer of one model'),
  LLM_WHEN_CLIENT_LEAVES: z
    .enum(['cancel', 'drain'])
    .default('cancel')
    .describe('an upstream whose client has gone is cut, or read to its end for the exact usage'),
  PROVIDER_PRIVATE_NETWORKS: z
    .enum(['allow', 'refuse'])
    .optional()
    .describe('whether providers may be at private addresses; `refuse` in production when empty, else `allow`'),
  HOLD_LEASE_MS: milliseconds.default(45_000).describe('how long a reservation outlives the process that made it'),
  BREAKER_FAILURES: wholeNumber.positive().default(5).describe('consecutive failures that open a breaker'),
  BREAKER_COOL_DOWN_MS: milliseconds.default(60_000).describe('how long it stays open'),

  SMTP_URL: z
    .url({ protocol: /^smtps?$/ })
    .optional()
    .describe('secret; smtp://user:password@host:port of the mail server; without it no e-mail is sent'),
  MAIL_FROM: z.string().min(3).optional().describe('sender of e-mails, as `AI Creator <notices@example.com>`'),
  WEBHOOK_PRIVATE_NETWORKS: z
    .enum(['allow', 'refuse'])
    .optional()
    .describe('whether webhooks may be at private addresses; `refuse` in production when empty, else `allow`'),
  WEBHOOK_RETRY_SECONDS: z
    .string()
    .regex(/^\d{1,6}(,\d{1,6})*$/, 'seconds, comma-separated')
    .default('5,60,300,1800,7200,14400,21600,43200')
    .describe('waits between the attempts of a webhook delivery, comma-separated: about a day'),
  WEBHOOK_DISABLE_AFTER: wholeNumber
    .positive()
    .default(10)
    .describe('deliveries that fail in a row before a webhook is disabled'),

  NOTICE_KEEP_DAYS: wholeNumber
    .positive()
    .max(36_500)
    .default(90)
    .describe('notices and the log of webhook deliveries are deleted when older'),

  CHROMIUM_PATH: z.string().optional().describe('Chromium that browser workers drive; required there'),
  BROWSER_SLOTS: wholeNumber.positive().default(4).describe('browser contexts per browser worker'),
  UNVERIFIED_PLATFORMS: z
    .string()
    .regex(/^([a-z_]+(,[a-z_]+)*)?$/, 'names of platforms, comma-separated')
    .default('')
    .describe('platforms to publish to although they were never tried live, as `zhihu,xiaohongshu`'),
  PLATFORM_SITES: z
    .string()
    .regex(/^([a-z_]+=https?:\/\/[^,=]+(,[a-z_]+=https?:\/\/[^,=]+)*)?$/, 'name=URL, comma-separated')
    .default('')
    .describe('other addresses of platforms that are not self-hosted, as `zhihu=https://zhihu.test`'),
  SESSION_MAX_AGE_MS: milliseconds.default(3_600_000).describe('a browser context is closed when older'),
  SESSION_MAX_USES: wholeNumber.positive().default(50).describe('and after this many jobs'),
  SESSION_IDLE_MS: milliseconds.default(600_000).describe('and when unused for so long'),
  SESSION_REST_MS: milliseconds.default(20_000).describe('after so long its page is closed; its login stays'),
  BROWSER_MEMORY_LIMIT_MB: wholeNumber
    .positive()
    .default(2_048)
    .describe('above it a worker ends the sessions that rest, then starts its browser anew; see docs/operate.md'),
  BROWSER_PROXY_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('secret; proxy for all sessions whose account has none, as http://user:secret@host:3128'),
  SITE_PRIVATE_NETWORKS: z
    .enum(['allow', 'refuse'])
    .optional()
    .describe(
      'whether users’ sites and proxies may be at private addresses; `refuse` in production when empty, else `allow`',
    ),
  EVIDENCE_DAYS: wholeNumber.positive().default(30).describe('how long pictures and traces of publications are kept'),
  LOGIN_HAND_OFF_MS: milliseconds
    .max(900_000)
    .default(180_000)
    .describe('how long a session waits for a person who is asked to log in, before its account pauses'),
  SETTLE_WAIT_MS: milliseconds
    .default(15_000)
    .describe('how long a post may be absent before it counts as not published'),
  PUBLISH_MOST_LATE_MINUTES: wholeNumber
    .positive()
    .default(360)
    .describe('a scheduled post whose time passed while everything was down is published when less late, else missed'),
  DUPLICATE_HOURS: wholeNumber
    .min(0)
    .default(24)
    .describe('the same content to the same account within so many hours is refused unless forced; 0 never'),
  RECURRING_LATE_MS: milliseconds
    .default(3_600_000)
    .describe('an occurrence of a recurring post that is later than this is skipped'),
  ANALYTICS_EVERY_MINUTES: wholeNumber.positive().default(60).describe('how often the schedule collects numbers'),
});

function refuseDefaultSecrets(config: z.infer<typeof environment>): void {
  const defaults = Object.entries(developmentSecrets).filter(([name, value]) => Reflect.get(config, name) === value);
  if (defaults.length === 0) return;
  throw new Error(`Production needs its own ${defaults.map(([name]) => name).join(', ')}: the defaults are public.`);
}
