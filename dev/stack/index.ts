import { chromium } from './chromium.ts';
import { ghost } from './ghost.ts';
import { languageModel } from './language-model.ts';
import { objectStorage } from './object-storage.ts';
import { usualParts, type PartName, type PartSource, type RunningPart, type StartPart } from './part.ts';
import { postgres } from './postgres.ts';
import type { Run } from './processes.ts';
import { redis } from './redis.ts';
import { explain } from './stack-error.ts';
import { temporal, type TemporalOptions } from './temporal.ts';
import { wordpress } from './wordpress.ts';

export interface StackOptions {
  run: Run;
  parts?: readonly PartName[];
  temporal?: TemporalOptions;
  /** Names parts that run already; this process's environment unless told. */
  environment?: NodeJS.ProcessEnv;
  on?: (event: PartEvent) => void;
}

/** What people who watch are told: one `starting`, details while it lasts, one `ready` or `failed`. */
export type PartEvent = { part: PartName; afterMs: number } & (
  | { state: 'starting' }
  | { state: 'working'; detail: string }
  | { state: 'ready'; url: string; source: PartSource }
  | { state: 'failed'; error: Error }
);

export interface Stack {
  /** What application processes read. */
  env: Record<string, string>;
  parts: Partial<Record<PartName, RunningPart>>;
  stop: () => Promise<void>;
}

/**
 * Starts the parts side by side.
 * @throws the first failure, at once, after closing the run: nothing of it goes on
 */
export async function startStack({ run, parts = usualParts, ...options }: StackOptions): Promise<Stack> {
  const starters = startersOf(options.temporal);
  try {
    const started = await Promise.all(
      parts.map(async (name) => [name, await startPart(name, starters[name], { run, ...options })] as const),
    );
    const env = Object.assign({}, ...started.map(([, part]) => part.env));
    const stop = async () => void (await Promise.all(started.map(([, part]) => part.stop())));
    return { env, parts: Object.fromEntries(started), stop };
  } catch (error) {
    await run.close();
    throw error;
  }
}

function startersOf(options: TemporalOptions | undefined): Record<PartName, StartPart> {
  return {
    temporal: temporal(options),
    postgres,
    redis,
    'object-storage': objectStorage,
    chromium,
    'language-model': languageModel,
    wordpress,
    ghost,
  };
}

async function startPart(
  part: PartName,
  start: StartPart,
  { run, environment = process.env, on }: StackOptions,
): Promise<RunningPart> {
  const began = Date.now();
  const afterMs = () => Date.now() - began;
  on?.({ part, state: 'starting', afterMs: 0 });
  try {
    const report = (detail: string) => on?.({ part, state: 'working', detail, afterMs: afterMs() });
    const running = await start({ run, environment, report });
    on?.({ part, state: 'ready', url: running.url, source: running.source, afterMs: afterMs() });
    return running;
  } catch (cause) {
    const error = explain(cause, run.dataDir);
    if (!run.closed) on?.({ part, state: 'failed', error, afterMs: afterMs() });
    throw error;
  }
}

export { openRun, type Run } from './processes.ts';
export { StackError } from './stack-error.ts';
export { stopOnSignals } from './stop-on-signals.ts';
