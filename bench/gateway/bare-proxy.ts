// The least that a proxy on Node can do: parse the body, pass it on, pipe the answer back. No keys, limits or accounts.
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { Agent, request } from 'undici';

const [port, upstream] = [Number(process.argv[2]), process.argv[3] ?? ''];
const dispatcher = new Agent();

createServer((incoming, outgoing) => {
  void json(incoming).then(async (body) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await request(`${upstream}${incoming.url}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      dispatcher,
    });
    outgoing.writeHead(answer.statusCode, { 'content-type': String(answer.headers['content-type']) });
    answer.body.pipe(outgoing);
  });
}).listen(port, '127.0.0.1');
