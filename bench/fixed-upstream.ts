// A provider that answers at once, always the same, in the OpenAI format: what is measured is what stands before it.
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';

const port = Number(process.argv[2]);
const usage = { prompt_tokens: 12, completion_tokens: 16, total_tokens: 28 };
const words = 'Sixteen short words that a model might say about tomatoes on a small and sunny balcony.'.split(' ');

const whole = JSON.stringify({
  id: 'chatcmpl-fixed',
  object: 'chat.completion',
  created: 1,
  model: 'fixed',
  choices: [{ index: 0, message: { role: 'assistant', content: words.join(' ') }, finish_reason: 'stop' }],
  usage,
});
const chunk = (choices: object[], more: object = {}) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-fixed', object: 'chat.completion.chunk', created: 1, model: 'fixed', choices, ...more })}\n\n`;
const streamed = [
  chunk([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }]),
  ...words.map((word) => chunk([{ index: 0, delta: { content: `${word} ` }, finish_reason: null }])),
  chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]),
  chunk([], { usage }),
  'data: [DONE]\n\n',
];

createServer((request, response) => {
  void json(request).then((body) => {
    if (!z.object({ stream: z.boolean().optional() }).parse(body).stream) {
      response.setHeader('content-type', 'application/json').end(whole);
      return;
    }
    response.setHeader('content-type', 'text/event-stream');
    for (const event of streamed) response.write(event);
    response.end();
  });
}).listen(port, '127.0.0.1');
