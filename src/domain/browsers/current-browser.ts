import type { LaunchedBrowser } from './launch-browser.ts';

/**
 * One browser at a time: launched when it is needed, and anew when it has died.
 * @param onGone told when its process has ended, and all contexts with it
 */
export function currentBrowser(launch: () => Promise<LaunchedBrowser>, onGone: () => void): CurrentBrowser {
  let current: Promise<LaunchedBrowser> | null = null;

  async function launched(): Promise<LaunchedBrowser> {
    try {
      const one = await launch();
      one.gone.throwIfAborted();
      one.gone.addEventListener('abort', forget, { once: true });
      return one;
    } catch (error) {
      current = null;
      throw error;
    }
  }

  function forget(): void {
    current = null;
    onGone();
  }

  return {
    live: () => (current ??= launched()),
    async close() {
      const one = await current?.catch(() => null);
      current = null;
      await one?.browser.close();
    },
  };
}

export type CurrentBrowser = { live(): Promise<LaunchedBrowser>; close(): Promise<void> };
