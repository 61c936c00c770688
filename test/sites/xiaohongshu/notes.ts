import { randomBytes } from 'node:crypto';
import { z } from 'zod';

/** What a xiaohongshu-like site stores: every create call that is accepted is one note more. */
export function xiaohongshuNotes() {
  const notes: Note[] = [];
  return {
    /** Newest first. */
    all: () => notes.toReversed(),
    find: (id: string | undefined) => notes.find((note) => note.id === id),
    add(sent: z.infer<typeof sentNote>, atMs = Date.now()): Note {
      const note = { id: randomBytes(12).toString('hex'), createdAtMs: atMs, ...sent };
      notes.push(note);
      return note;
    },
  };
}

export const sentNote = z.object({
  title: z.string(),
  desc: z.string(),
  topics: z.array(z.string()),
  images: z.array(z.string()),
  declaration: z.string(),
  scheduled: z.boolean(),
});

export type Note = z.infer<typeof sentNote> & { id: string; createdAtMs: number };
