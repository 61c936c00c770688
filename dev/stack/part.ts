import type { Report } from '../downloads/progress.ts';
import type { OwnedSpec, Run } from './processes.ts';

/** The parts of a local installation. */
export const usualParts = [
  'temporal',
  'postgres',
  'redis',
  'object-storage',
  'chromium',
  'language-model',
  'wordpress',
] as const;
/** Ghost takes minutes to install: only those who ask for it start it. */
export const partNames = [...usualParts, 'ghost'] as const;
export type PartName = (typeof partNames)[number];

/** Where a part came from: a URL in the environment, a program on the PATH, or a package of ours. */
export type PartSource = 'environment' | 'path' | 'package';

export interface PartContext {
  run: Run;
  /** The environment that names parts which run already. */
  environment: NodeJS.ProcessEnv;
  /** What the part is doing right now, for people who watch. */
  report: Report;
}

/** The whole interface of a part of the stack. */
export type StartPart = (context: PartContext) => Promise<RunningPart>;

export interface RunningPart {
  url: string;
  source: PartSource;
  /** What application processes read. */
  env: Record<string, string>;
  stop: () => Promise<void>;
  /** Its server process, where this run owns one. */
  server?: ServerProcess;
  /** People who may log in (WordPress only). */
  users?: readonly SiteUser[];
}

export interface ServerProcess {
  readonly pid: number;
  /** Ends it without warning and in no order, as `kill -9` does. */
  kill: () => Promise<void>;
  /** Starts it again on the same port with the same state, after `kill` or a stop of its own. */
  restart: () => Promise<void>;
  stop: () => Promise<void>;
}

export interface ServerSpec extends OwnedSpec {
  /** Whether it answers as it should by now. */
  ready: () => Promise<boolean>;
  readyEveryMs?: number;
  readyTimeoutMs?: number;
}

export interface SiteUser {
  id: number;
  login: string;
  password: string;
  applicationPassword: string;
}
