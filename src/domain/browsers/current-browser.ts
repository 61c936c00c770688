import type { LaunchedBrowser } from './launch-browser.ts';

/**
 * One browser at a time: launched when it is needed, and anew when it has died.
 * @param onGone told when its process has ended, and all contexts with it
 */
export function currentBrowser(launch: () => Promise<LaunchedBrowser>, onGone: () => void): CurrentBrowser {
  let current: Promise<LaunchedBrowser> | null = null;

  function launchNew(): Promise<LaunchedBrowser> {
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
    live: () => (current ??= launchNew()),
    async close() {
      const last = current;
      current = null; // whoever needs one from now on has a new one
      const launched = await last?.catch(() => null);
      await launched?.browser.close();
    },
  };
}

export type CurrentBrowser = { live(): Promise<LaunchedBrowser>; close(): Promise<void> };
