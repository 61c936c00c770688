import type { JsonObject } from '../format.ts';
import { isObject, listIn, objectIn, textIn } from '../json.ts';

/** How a job stands by `GET /history/{id}`, which knows it only once it is over. */
export type JobState =
  { state: 'waiting' } | { state: 'failed'; message: string } | { state: 'finished'; pictures: StoredPicture[] };

/** Where the server keeps a picture: the query of `GET /view`. */
export type StoredPicture = { filename: string; subfolder: string; type: string };

export function jobState(history: JsonObject, id: string): JobState {
  const job = history[id];
  if (!isObject(job)) return { state: 'waiting' };
  const status = objectIn(job['status']);
  if (status['status_str'] === 'error') return { state: 'failed', message: messageOf(listIn(status['messages'])) };
  const pictures = Object.values(objectIn(job['outputs'])).flatMap(picturesOf);
  const saved = pictures.filter(({ type }) => type === 'output');
  return { state: 'finished', pictures: saved.length > 0 ? saved : pictures };
}

/** A job in `GET /queue`, by who queued it: entries are `[number, id, workflow, { client_id }, …]`. */
export function queuedJob({ queue_running: running, queue_pending: pending }: JsonObject, client: string) {
  const idIn = (entries: unknown) =>
    listIn(entries)
      .map(listIn)
      .find(([, , , extra]) => objectIn(extra)['client_id'] === client)?.[1];
  const runningId = textIn(idIn(running));
  return { id: runningId || textIn(idIn(pending)), isRunning: runningId !== '' };
}

function picturesOf(output: unknown): StoredPicture[] {
  return listIn(objectIn(output)['images']).flatMap((picture) => {
    const { filename, subfolder, type } = objectIn(picture);
    if (typeof filename !== 'string') return [];
    return [{ filename, subfolder: textIn(subfolder), type: textIn(type) || 'output' }];
  });
}

/** Messages are pairs of a name and its facts. */
function messageOf(messages: unknown[]): string {
  for (const message of messages) {
    const [name, facts] = listIn(message);
    const { exception_message: said, node_type: node } = objectIn(facts);
    if (name === 'execution_error') return `${textIn(node) || 'A node'}: ${textIn(said).trim() || 'failed'}`;
    if (name === 'execution_interrupted') return 'The drawing was interrupted.';
  }
  return 'The drawing failed.';
}
