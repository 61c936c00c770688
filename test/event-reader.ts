import { createParser } from 'eventsource-parser';
import type { EventSourceMessage } from 'eventsource-parser';

/** Reads server-sent events as a browser does, keeping the last id also of events without data. */
export async function readEvents(url: string, headers: Record<string, string>) {
  const ended = new AbortController();
  const response = await fetch(url, { headers, signal: ended.signal });
  if (response.status !== 200 || !response.body) throw new Error(`${url} answered ${response.status}`);
  const events: EventSourceMessage[] = [];
  let text = '';
  const parser = createParser({ onEvent: (event) => void events.push(event) });
  const reader = response.body.getReader();
  const decoder = new TextDecoder();

  async function more(): Promise<void> {
    const { done, value } = await reader.read();
    if (done) throw new Error('the stream ended');
    const chunk = decoder.decode(value, { stream: true });
    text += chunk;
    parser.feed(chunk);
  }

  return {
    response,
    /** The next so many events with data. */
    async next(count: number): Promise<EventSourceMessage[]> {
      while (events.length < count) await more();
      return events.splice(0, count);
    },
    /** The id that this reader would resume from. */
    async lastId(): Promise<string> {
      while (!text.includes('\n\n')) await more();
      return [...text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? '';
    },
    close: () => ended.abort(),
  };
}
