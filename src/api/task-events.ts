import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { EventSource } from './route.ts';

/** A task as its owner sees it; `final` when nothing will change any more. */
export type TaskView = { status: string; final: boolean };

export type TaskEvents = {
  read: () => Promise<TaskView>;
  /** What the client has seen already. An event's id is a digest of its data, so any process can resume any stream. */
  lastEventId: string | null;
  everyMs?: number;
};

/** One event for each change of a task, until it is final. The first one tells the present state, unless it is known. */
export function taskEvents({ read, lastEventId, everyMs = 1_000 }: TaskEvents): EventSource {
  async function* changes(ended: AbortSignal): AsyncGenerator<string> {
    let seen = lastEventId;
    while (!ended.aborted) {
      const task = await read();
      const event = eventOf(task);
      if (event.id !== seen) yield event.text;
      if (task.final) return;
      seen = event.id;
      await pause(everyMs, undefined, { signal: ended }).catch(() => undefined);
    }
  }
  return { open: changes, onError: () => 'event: error\ndata: {"code":"internal"}\n\n', resumable: true };
}

/** Whether the client knows the end already. It is answered 204, which tells an EventSource to stop reconnecting. */
export const knowsTheEnd = (task: TaskView, lastEventId: string | null) =>
  task.final && eventOf(task).id === lastEventId;

function eventOf(task: TaskView): { id: string; text: string } {
  const data = JSON.stringify(task);
  const id = createHash('sha256').update(data).digest('hex').slice(0, 16);
  return { id, text: `id: ${id}\nevent: status\ndata: ${data}\n\n` };
}
