import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

/** The API as the desktop app uses it: one user, logged in. Answers are parsed; a refusal is an Error in its own words. */
export class DesktopApp {
  readonly url: string;
  #token = '';

  constructor(url: string) {
    this.url = url;
  }

  async signUp(email: string, password: string): Promise<void> {
    const answer = z.object({ access_token: z.string() });
    this.#token = (await this.post('/api/v1/auth/register', { email, password }, answer)).access_token;
  }

  /** The access token of the session. */
  get token(): string {
    return this.#token;
  }

  get<T>(path: string, answer: z.ZodType<T>): Promise<T> {
    return this.#call({ method: 'GET', path, answer });
  }

  post<T>(path: string, body: unknown, answer: z.ZodType<T>): Promise<T> {
    return this.#call({ method: 'POST', path, body, answer });
  }

  delete<T>(path: string, answer: z.ZodType<T>): Promise<T> {
    return this.#call({ method: 'DELETE', path, answer });
  }

  /** Asks again until the answer is a final one. @throws when it takes longer than `timeoutMs` */
  async poll<T>({ path, answer, done, timeoutMs, on }: Poll<T>): Promise<T> {
    for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(300)) {
      const seen = await this.get(path, answer);
      on?.(seen);
      if (done(seen)) return seen;
    }
    throw new Error(`${path} did not come to an end within ${timeoutMs / 1000} s`);
  }

  async #call<T>({ method, path, body, answer }: Call<T>): Promise<T> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(this.#token ? { authorization: `Bearer ${this.#token}` } : {}),
        ...(method === 'POST' ? { 'idempotency-key': crypto.randomUUID() } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return answer.parse(JSON.parse(text));
  }
}

type Call<T> = { method: 'GET' | 'POST' | 'DELETE'; path: string; body?: unknown; answer: z.ZodType<T> };

type Poll<T> = {
  path: string;
  answer: z.ZodType<T>;
  done: (seen: T) => boolean;
  timeoutMs: number;
  on?: (seen: T) => void;
};
