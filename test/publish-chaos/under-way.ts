/** Publications under way, watched in their rows while everything around them is killed. */
import { until } from '../../dev/stack/until.ts';
import { isFinal } from '../../src/domain/publishing/publishing.ts';
import { Publication } from '../../src/entities/publication.ts';
import type { Services } from '../../src/services.ts';
import type { Blog } from './bloggers.ts';

export type Strike = { kill: string; phase: string };

export type Watched = {
  title: string;
  platform: string;
  id: string | null;
  strikes: Strike[];
  /** When whoever was killed last was there again. */
  backAtMs: number;
  state: string;
  endedAtMs: number;
};

/** How long a publication may take before it counts as lost. */
const LONGEST_MS = 300_000;

export function underWay({ database }: Pick<Services, 'database'>) {
  const all: Watched[] = [];
  const row = (id: string) => database.em.fork().findOneOrFail(Publication, id);
  const live = () => all.filter(({ endedAtMs }) => endedAtMs === 0);

  return {
    all,

    /** Orders one and sees it to its end. */
    async publish(blog: Blog, title: string): Promise<void> {
      const watched: Watched = {
        title,
        platform: blog.platform,
        id: null,
        strikes: [],
        backAtMs: 0,
        state: 'ordered',
        endedAtMs: 0,
      };
      all.push(watched);
      const id = await blog.publish(title);
      watched.id = id;
      const ended = async () => {
        const { state } = await row(id);
        watched.state = state;
        return isFinal(state);
      };
      await until(ended, { timeoutMs: LONGEST_MS, everyMs: 200 });
      watched.endedAtMs = Date.now();
    },

    /** Waits until each one that was struck so often has come to its end. */
    async nobodyIsWorn(strikes: number): Promise<void> {
      await until(() => live().every((one) => one.strikes.length < strikes), { timeoutMs: LONGEST_MS });
    },

    /** Waits until somebody passes a commit gate. @returns whether somebody did */
    async somebodyClicks(timeoutMs: number): Promise<boolean> {
      const before = await clicked();
      return until(async () => [...(await clicked())].some((id) => !before.has(id)), { timeoutMs, everyMs: 25 });
    },

    /** Notes who is struck, and in which phase. @returns them */
    async strike(kill: string): Promise<Watched[]> {
      const rows = new Map((await rowsOf(live())).map((found) => [found.id, found]));
      const struck = live().filter(({ id }) => {
        const found = id === null ? undefined : rows.get(id);
        return found !== undefined && !isFinal(found.state);
      });
      for (const one of struck) {
        const found = rows.get(one.id ?? '');
        if (found) one.strikes.push({ kill, phase: phaseOf(found) });
      }
      return struck;
    },

    /** The one whose draft it is. */
    async ofDraft(draftId: string): Promise<Watched | undefined> {
      const rows = await rowsOf(live());
      const id = rows.find(({ platformDraftId }) => platformDraftId === draftId)?.id;
      return all.find((one) => one.id === id);
    },
  };

  async function clicked(): Promise<Set<string>> {
    const rows = await rowsOf(live());
    return new Set(rows.filter(isAtClick).map(({ id }) => id));
  }

  function rowsOf(some: readonly Watched[]): Promise<Publication[]> {
    const ids = some.flatMap(({ id }) => (id === null ? [] : [id]));
    return database.em.fork().find(Publication, { id: { $in: ids } });
  }
}

export type UnderWay = ReturnType<typeof underWay>;

const isAtClick = ({ state, commitStartedAt }: Publication) => state === 'publishing' && Boolean(commitStartedAt);

function phaseOf(row: Publication): string {
  if (row.state !== 'publishing') return row.state;
  if (row.commitStartedAt) return 'clicked';
  return row.platformDraftId ? 'drafted' : 'preparing';
}
