/** How long each wait may take. */
export type Patience = { openMs: number; findMs: number; answerMs: number; pollMs: number };

/** Fit for a slow site on a busy machine; the browser's own load included. */
export const patience: Patience = { openMs: 60_000, findMs: 10_000, answerMs: 60_000, pollMs: 2_000 };
