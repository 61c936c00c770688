import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Ends this process in good order on Ctrl-C, `kill`, a closed terminal, and when the process that started it is gone
 * (boot.mjs keeps an ipc channel open for that).
 */
export function stopOnSignals(stop: (reason: string) => Promise<void>): void {
  let began: number | undefined;
  const end = (reason: string, code: number) => {
    // A terminal signals the whole group and boot.mjs forwards as well, so one Ctrl-C arrives twice; only a later one is
    // impatience, and then the exit hook of the run kills what is left.
    if (began !== undefined && reason === 'SIGINT' && Date.now() - began > 1500) process.exit(code);
    if (began !== undefined) return;
    began = Date.now();
    stop(reason).then(
      () => process.exit(code),
      () => process.exit(1),
    );
  };
  for (const signal of signals) process.on(signal, () => end(signal, 128 + constants.signals[signal]));
  process.once('disconnect', () => end('disconnect', 1));
  process.channel?.unref();
}
