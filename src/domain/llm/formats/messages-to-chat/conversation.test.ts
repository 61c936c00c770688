import { expect, test } from '@jest/globals';
import { AppError } from '../../../../errors.ts';
import type { JsonObject } from '../format.ts';
import { messagesRequest } from '../messages/schema.ts';
import { chatMessages } from './conversation.ts';

const user = (...content: JsonObject[]) => ({ role: 'user', content });
const assistant = (...content: JsonObject[]) => ({ role: 'assistant', content });
const text = (said: string) => ({ type: 'text', text: said });
const call = (id: string) => ({ type: 'tool_use', id, name: 'look', input: { q: 'ü' } });
const called = (id: string) => ({ id, type: 'function', function: { name: 'look', arguments: '{"q":"ü"}' } });
const result = (tool_use_id: string, rest: JsonObject = {}) => ({ type: 'tool_result', tool_use_id, ...rest });
const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
const pdf = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' } };

const picturePart = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };
const pdfPart = (filename: string) => ({
  type: 'file',
  file: { filename, file_data: 'data:application/pdf;base64,JVBE' },
});

const translated = (messages: JsonObject[], system?: string | JsonObject[]) =>
  chatMessages(messagesRequest.parse({ model: 'm', max_tokens: 1, messages, system }));

function refusedPath(messages: JsonObject[]): unknown {
  try {
    return translated(messages);
  } catch (error) {
    return error instanceof AppError && error.code === 'invalid_request' ? error.details : error;
  }
}

test('blocks of the system are one system message, before all others', () => {
  const system = [{ ...text('Be brief.'), cache_control: { type: 'ephemeral' } }, text('Be kind.')];
  expect(translated([{ role: 'user', content: 'hi' }], system)).toEqual([
    { role: 'system', content: 'Be brief.\n\nBe kind.' },
    { role: 'user', content: 'hi' },
  ]);
});

test('a system message on the way keeps its place', () => {
  const later = { role: 'system', content: [text('Now in French.')] };
  expect(translated([user(text('hi')), later, user(text('and?'))])).toEqual([
    { role: 'user', content: 'hi' },
    { role: 'system', content: 'Now in French.' },
    { role: 'user', content: 'and?' },
  ]);
});

test('pictures by data and by address, PDFs and texts stand where the user put them', () => {
  const byUrl = { type: 'image', source: { type: 'url', url: 'https://a.example/b.png' } };
  const notes = { type: 'document', title: 'Notes', source: { type: 'text', media_type: 'text/plain', data: 'abc' } };
  const blocks = { type: 'document', source: { type: 'content', content: [text('in'), picture] } };
  const found = { type: 'search_result', title: 'T', source: 'https://a.example', content: [text('found')] };
  const plain = { type: 'document', source: { type: 'content', content: 'whole' } };
  const content = [picture, byUrl, text('what?'), { ...pdf, title: 'Plan' }, notes, blocks, plain, found];
  expect(translated([user(...content)])).toEqual([
    {
      role: 'user',
      content: [
        picturePart,
        { type: 'image_url', image_url: { url: 'https://a.example/b.png' } },
        text('what?'),
        text('Plan'),
        pdfPart('Plan.pdf'),
        text('Notes'),
        text('abc'),
        text('in'),
        picturePart,
        text('whole'),
        text('T\nhttps://a.example\nfound'),
      ],
    },
  ]);
});

test('a PDF without a title has the name that OpenAI wants', () => {
  expect(translated([user(pdf)])).toEqual([{ role: 'user', content: [pdfPart('document.pdf')] }]);
});

test('parallel calls are answered right after them, before what else the user says', () => {
  const turns = [
    assistant(text('Look'), text('ing.'), call('t1'), call('t2')),
    user(text('thanks'), result('t2', { content: [text('a'), text('b')] }), result('t1', { content: 'c' })),
  ];
  expect(translated(turns)).toEqual([
    { role: 'assistant', content: 'Looking.', tool_calls: [called('t1'), called('t2')] },
    { role: 'tool', tool_call_id: 't2', content: 'a\nb' },
    { role: 'tool', tool_call_id: 't1', content: 'c' },
    { role: 'user', content: 'thanks' },
  ]);
});

test('messages of one role in a row are one turn, so that no result is parted from its call', () => {
  const messages = [
    assistant(call('t1')),
    assistant(call('t2')),
    user(result('t1', { content: [picture] })),
    user(result('t2')),
    { role: 'user', content: 'so?' },
  ];
  const roles = translated(messages).map(({ role }) => role);
  expect(roles).toEqual(['assistant', 'tool', 'tool', 'user']);
});

test('what a tool shows is shown by the user, under the id of its call', () => {
  const content = [text('Two:'), picture, pdf];
  expect(translated([assistant(call('t1')), user(result('t1', { content }), text('see?'))]).slice(1)).toEqual([
    { role: 'tool', tool_call_id: 't1', content: 'Two:\n(2 attached in the next message)' },
    {
      role: 'user',
      content: [text('Attached to the result of t1:'), picturePart, pdfPart('document.pdf'), text('see?')],
    },
  ]);
});

test('a model is told that a tool failed', () => {
  const failed = user(result('t1', { content: 'no such file', is_error: true }));
  expect(translated([assistant(call('t1')), failed]).at(-1)).toEqual({
    role: 'tool',
    tool_call_id: 't1',
    content: 'Error: no such file',
  });
});

test('thinking in the history is left out, as no other model could use it', () => {
  const thought = [
    { type: 'thinking', thinking: 'hm', signature: 'sig' },
    { type: 'redacted_thinking', data: 'abc' },
  ];
  expect(translated([user(text('hi')), assistant(...thought, text('So')), user(text('and?'))])).toEqual([
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: 'So' },
    { role: 'user', content: 'and?' },
  ]);
  expect(translated([user(text('hi')), assistant(...thought)])).toHaveLength(1);
});

test('the beginning of an answer stays the last message of the assistant', () => {
  expect(translated([user(text('hi')), { role: 'assistant', content: '{' }]).at(-1)).toEqual({
    role: 'assistant',
    content: '{',
  });
});

test('calls without a word have no content', () => {
  expect(translated([assistant(call('t1'))])).toMatchObject([{ role: 'assistant', content: null }]);
});

test.each<[string, JsonObject, string]>([
  ['a document at an address', { type: 'document', source: { type: 'url', url: 'https://a.example' } }, '.source'],
  ['a document stored at Anthropic', { type: 'document', source: { type: 'file', file_id: 'f' } }, '.source'],
  ['a picture stored at Anthropic', { type: 'image', source: { type: 'file', file_id: 'f' } }, '.source'],
  [
    'a picture that must not be scaled',
    { ...picture, transformations: { oversized_image: 'error' } },
    '.transformations',
  ],
  ['a document to cite', { ...pdf, citations: { enabled: true } }, '.citations'],
  ['a block of tomorrow', { type: 'hologram' }, ''],
  [
    'a picture within a document',
    { type: 'document', source: { type: 'content', content: [{ type: 'image' }] } },
    '.source.content.0.source',
  ],
  ['a tool that a tool found', result('t1', { content: [{ type: 'tool_reference', tool_name: 'a' }] }), '.content.0'],
])('%s is refused where it stands', (...[, block, path]) => {
  const messages = [assistant(text('a')), user(text('b'), block)];
  expect(refusedPath(messages)).toMatchObject({ issues: [{ path: `messages.1.content.1${path}` }] });
});

test('tools that Anthropic ran are refused in the history', () => {
  const ran = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} };
  expect(refusedPath([assistant(ran)])).toMatchObject({ issues: [{ path: 'messages.0.content.0' }] });
});
