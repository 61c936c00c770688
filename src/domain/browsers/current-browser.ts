import type { LaunchedBrowser } from './launch-browser.ts';

/**
 * One browser at a time: launched when it is needed, and anew when it has died.
 * @param onGone told when its process has ended, and all contexts with it
 */
export function currentBrowser(launch: () => Promise<LaunchedBrowser>, onGone: () => void): CurrentBrowser {
  let current: Promise<LaunchedBrowser> | null = null;

  function launched(): Promise<LaunchedBrowser> {
    const mine = launch();
    const forget = () => void (current === mine && (current = null)); // there may be a newer one
    mine.then(({ browser }) => {
      browser.once('disconnected', () => {
        forget();
        onGone();
      });
    }, forget);
    return mine;
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
