/** Loses or spoils the site's answer to the next publish click, whoever clicks it. */
import type { IncomingMessage } from 'node:http';
import type { CuttingProxy, Fault } from '../cutting-proxy.ts';

/** `sent again`: the first is cut, and the one that Chromium sends again by itself is answered. */
export const breakages = ['cut', 'sent again', 'error page', 'late', 'refused'] as const;
export type Breakage = (typeof breakages)[number];

export function brokenAnswers(proxy: CuttingProxy) {
  /** What befell each post of a site, by its address. */
  const broken = new Map<string, { how: Breakage; times: number }>();
  let armed: { how: Breakage; struck: (draftId: string) => void } | null = null;

  proxy.faults((request, body) => {
    const post = publishedPost(request, body);
    if (!post) return null;
    const before = broken.get(post.address);
    if (before) {
      before.times += 1;
      return again(before);
    }
    if (!armed) return null;
    const { how, struck } = armed;
    armed = null;
    broken.set(post.address, { how, times: 1 });
    struck(post.draftId);
    return how === 'sent again' ? 'cut' : how;
  });
  return {
    /** @returns the draft whose click was struck, once it was; undefined when nobody clicked in time */
    strikeNext(how: Breakage, timeoutMs: number): Promise<string | undefined> {
      return new Promise((resolve) => {
        const tired = setTimeout(() => {
          armed = null;
          resolve(undefined);
        }, timeoutMs);
        armed = {
          how,
          struck(draftId) {
            clearTimeout(tired);
            resolve(draftId);
          },
        };
      });
    },
  };
}

/** What was refused or late once is let through in the next round; a browser's own second try belongs to the first. */
function again({ how, times }: { how: Breakage; times: number }): Fault | null {
  if (how === 'cut' || how === 'error page') return how;
  return how === 'late' && times === 2 ? 'refused' : null;
}

/** The saving request of either platform that makes a post public. */
function publishedPost({ method, url = '' }: IncomingMessage, body: string) {
  const address = decodeURIComponent(url).split('&')[0] ?? '';
  const id = /\/wp\/v2\/posts\/(\d+)/.exec(address)?.[1] ?? /\/admin\/posts\/([0-9a-f]{24})/.exec(address)?.[1];
  const publishes = /"status":"publish(?:ed)?"/.test(body);
  return id !== undefined && publishes && (method === 'POST' || method === 'PUT') ? { address, draftId: id } : null;
}
