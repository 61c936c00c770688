import { expect, test } from '@jest/globals';
import type { ResponseInputItem } from 'openai/resources/responses/responses';
import { chatRequest } from '../chat/request.ts';
import { sealThinking } from '../responses/encrypted-content.ts';
import { responsesRequest } from '../responses/request.ts';
import { conversationOf } from './conversation.ts';

function messagesOf(input: (ResponseInputItem | Record<string, unknown>)[]) {
  const messages = conversationOf(responsesRequest.parse({ model: 'm', input }));
  expect(chatRequest.parse({ model: 'm', messages }).messages).toEqual(messages);
  return messages;
}

const pixel = 'data:image/png;base64,iVBORw0KGgo=';
const pdf = 'data:application/pdf;base64,JVBERi0=';
const blocks = [
  { type: 'thinking', thinking: 'Où? 🤔', signature: 'sig+/=' },
  { type: 'redacted_thinking', data: 'AAAA' },
];
const reasoning = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: sealThinking(blocks) } as const;
const call = (id: string) => ({ type: 'function_call', call_id: id, name: 'f', arguments: `{"n":"${id}"}` }) as const;
const chatCall = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: `{"n":"${id}"}` } });
const question = { role: 'user', content: 'why?' } as const;

test('messages of every role, short and in full', () => {
  const input: ResponseInputItem[] = [
    { role: 'system', content: 'S' },
    { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'D' }] },
    question,
    { role: 'assistant', content: 'A1' },
    {
      type: 'message',
      role: 'user',
      content: [
        { type: 'input_text', text: 'one' },
        { type: 'input_text', text: 'two' },
      ],
    },
    {
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: 'A2', annotations: [] }],
    },
  ];
  expect(messagesOf(input)).toEqual([
    { role: 'system', content: 'S' },
    { role: 'developer', content: 'D' },
    question,
    { role: 'assistant', content: 'A1' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'one' },
        { type: 'text', text: 'two' },
      ],
    },
    { role: 'assistant', content: 'A2' },
  ]);
});

test('pictures and files are shown as parts', () => {
  const content = [
    { type: 'input_text', text: 'see', prompt_cache_breakpoint: { mode: 'explicit' } },
    { type: 'input_image', image_url: pixel, detail: 'low' },
    { type: 'input_image', image_url: 'https://example.com/a.png', file_id: null },
    { type: 'input_file', file_data: pdf, filename: 'a.pdf' },
  ];
  expect(messagesOf([{ role: 'user', content }])).toEqual([
    {
      role: 'user',
      content: [
        { type: 'text', text: 'see', prompt_cache_breakpoint: { mode: 'explicit' } },
        { type: 'image_url', image_url: { url: pixel, detail: 'low' } },
        { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
        { type: 'file', file: { file_data: pdf, filename: 'a.pdf' } },
      ],
    },
  ]);
});

test('thoughts, words and calls that follow each other are one message, and its results come right after', () => {
  const words = { role: 'assistant', content: [{ type: 'output_text', text: 'Let me look.' }] } as const;
  const input = [
    question,
    reasoning,
    words,
    call('c1'),
    call('c2'),
    { type: 'function_call_output', call_id: 'c1', output: 'one' },
    { type: 'function_call_output', call_id: 'c2', output: [{ type: 'input_image', image_url: pixel }] },
    { role: 'assistant', content: 'Done.' },
  ];
  expect(messagesOf(input)).toEqual([
    question,
    {
      role: 'assistant',
      content: 'Let me look.',
      tool_calls: [chatCall('c1'), chatCall('c2')],
      thinking_blocks: blocks,
    },
    { role: 'tool', tool_call_id: 'c1', content: 'one' },
    { role: 'tool', tool_call_id: 'c2', content: [{ type: 'image_url', image_url: { url: pixel } }] },
    { role: 'assistant', content: 'Done.' },
  ]);
});

test('words after a call stay before its result', () => {
  const input = [
    call('c1'),
    { role: 'assistant', content: 'Wait.' },
    { type: 'function_call_output', call_id: 'c1', output: '' },
  ];
  expect(messagesOf(input)).toEqual([
    { role: 'assistant', content: 'Wait.', tool_calls: [chatCall('c1')] },
    { role: 'tool', tool_call_id: 'c1', content: '' },
  ]);
});

test('a refusal stays one', () => {
  const content = [
    { type: 'output_text', text: 'Well,' },
    { type: 'refusal', refusal: 'no.' },
  ];
  expect(messagesOf([{ role: 'assistant', content }])).toEqual([
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'Well,' },
        { type: 'refusal', refusal: 'no.' },
      ],
    },
  ]);
});

test('reasoning that another service sealed, or that led to nothing, is left out', () => {
  const foreign = {
    type: 'reasoning',
    id: 'rs_2',
    summary: [{ type: 'summary_text', text: 's' }],
    encrypted_content: 'gAAAA',
  };
  expect(messagesOf([foreign, call('c1')])).toEqual([
    { role: 'assistant', content: null, tool_calls: [chatCall('c1')] },
  ]);
  expect(messagesOf([reasoning, question])).toEqual([question]);
});

const said = (part: Record<string, unknown>, role = 'user') => [{ role, content: [part] }];

test.each<[string, Record<string, unknown>[]]>([
  ['input.0', [{ type: 'item_reference', id: 'msg_1' }]],
  ['input.1', [question, { id: 'msg_1' }]],
  ['input.0.type', [{ type: 'web_search_call', id: 'ws_1', status: 'completed' }]],
  ['input.0.type', [{ type: 'custom_tool_call', call_id: 'c', name: 'n', input: '' }]],
  ['input.0.role', [{ role: 'king', content: 'x' }]],
  ['input.0.content.0.type', said({ type: 'input_audio', data: '' })],
  ['input.0.content.0.type', said({ type: 'input_image', image_url: pixel }, 'assistant')],
  ['input.0.content.0', said({ type: 'input_image', image_url: pixel }, 'system')],
  ['input.0.content.0.image_url', said({ type: 'input_image', file_id: 'file_1' })],
  ['input.0.content.0.file_id', said({ type: 'input_file', file_id: 'file_1', file_data: pdf })],
  ['input.0.content.0.file_url', said({ type: 'input_file', file_url: 'https://example.com/a.pdf', file_data: pdf })],
  ['input.0.call_id', [{ type: 'function_call_output', output: 'x' }]],
  ['input.0.namespace', [{ ...call('c1'), namespace: 'crm' }]],
  ['input.0.caller.type', [{ ...call('c1'), caller: { type: 'program', caller_id: 'p' } }]],
  ['input.0.encrypted_content', [{ ...reasoning, encrypted_content: 'tb1.broken' }]],
  ['input.0.encrypted_content', [{ ...reasoning, encrypted_content: sealThinking([{ type: 'tool_use' }]) }]],
  ['input', [reasoning]],
])('%s is refused by its name when a chat cannot say it', (path, input) => {
  expect(() => messagesOf(input)).toThrow(
    expect.objectContaining({ code: 'invalid_request', details: { issues: [expect.objectContaining({ path })] } }),
  );
});
