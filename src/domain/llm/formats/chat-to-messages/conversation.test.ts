import { expect, test } from '@jest/globals';
import { chatRequest } from '../chat/request.ts';
import { conversationOf } from './conversation.ts';

const conversation = (...messages: unknown[]) => conversationOf(chatRequest.parse({ model: 'm', messages }).messages);
const turns = (...messages: unknown[]) => conversation(...messages).turns;

const text = (said: string) => ({ type: 'text', text: said });
const user = (content: unknown) => ({ role: 'user', content });
const system = (content: unknown) => ({ role: 'system', content });
const call = (id: string, args = '{"a":1}') => ({ id, type: 'function', function: { name: 'f', arguments: args } });
const calling = (...calls: unknown[]) => ({ role: 'assistant', content: null, tool_calls: calls });
const result = (id: string, content: unknown) => ({ role: 'tool', tool_call_id: id, content });
const toolUse = (id: string) => ({ type: 'tool_use', id, name: 'f', input: { a: 1 } });
const png = 'data:image/png;base64,AAAA';
const file = (file_data: string) => ({ type: 'file', file: { filename: 'a', file_data } });
const ephemeral = { type: 'ephemeral' };

test('system and developer messages at the start are the system, block by block with their cache marks', () => {
  const blocks = [{ ...text('one'), cache_control: ephemeral }, text('two')];
  expect(conversation(system(blocks), { role: 'developer', content: 'three' }, user('Hi')).system).toEqual([
    ...blocks,
    text('three'),
  ]);
});

test('a later system message keeps its place, marked as what it is', () => {
  expect(turns(user('Hi'), { role: 'assistant', content: 'Yes?' }, system('Speak French.'), user('Go on.'))).toEqual([
    { role: 'user', content: [text('Hi')] },
    { role: 'assistant', content: [text('Yes?')] },
    { role: 'user', content: [text('<system>\nSpeak French.\n</system>'), text('Go on.')] },
  ]);
});

test('pictures by address and by value, PDF and plain text become blocks', () => {
  const parts = [
    text('See:'),
    { type: 'image_url', image_url: { url: 'https://pictures.test/a.png', detail: 'high' } },
    { type: 'image_url', image_url: { url: png }, cache_control: ephemeral },
    file('data:application/pdf;base64,JVBERi0='),
    file('data:text/plain;charset=utf-8;base64,w7x4'),
  ];
  expect(turns(user(parts))[0]?.content).toEqual([
    text('See:'),
    { type: 'image', source: { type: 'url', url: 'https://pictures.test/a.png' } },
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' }, cache_control: ephemeral },
    { type: 'document', title: 'a', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } },
    { type: 'document', title: 'a', source: { type: 'text', media_type: 'text/plain', data: 'üx' } },
  ]);
});

test('results of parallel calls are one turn of the user, before anything else in it, pictures included', () => {
  const picture = [text('It shows'), { type: 'image_url', image_url: { url: png } }];
  expect(
    turns(
      user('Go'),
      calling(call('c1'), call('c2'), call('c3')),
      result('c1', '21 °C'),
      user('And?'),
      result('c2', picture),
      { ...result('c3', ''), cache_control: ephemeral },
    ),
  ).toEqual([
    { role: 'user', content: [text('Go')] },
    { role: 'assistant', content: [toolUse('c1'), toolUse('c2'), toolUse('c3')] },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'c1', content: [text('21 °C')] },
        {
          type: 'tool_result',
          tool_use_id: 'c2',
          content: [
            text('It shows'),
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
          ],
        },
        { type: 'tool_result', tool_use_id: 'c3', cache_control: ephemeral },
        text('And?'),
      ],
    },
  ]);
});

test('ids that Anthropic would refuse still let a call and its result find each other', () => {
  const [, assistant, answer] = turns(user('Go'), calling(call('functions.f:0')), result('functions.f:0', 'done'));
  expect(assistant?.content).toEqual([toolUse('functions_f_0')]);
  expect(answer?.content).toMatchObject([{ tool_use_id: 'functions_f_0' }]);
});

test('a call without arguments has an empty input', () => {
  expect(turns(user('Go'), calling(call('c1', '')))[1]?.content).toEqual([{ ...toolUse('c1'), input: {} }]);
});

test('signed thinking comes first and keeps its signature; what nobody signed is left out', () => {
  const signed = { type: 'thinking', thinking: 'hm', signature: 'sig' };
  const redacted = { type: 'redacted_thinking', data: 'xyz' };
  const thinking_blocks = [signed, redacted, { type: 'thinking', thinking: 'unsigned', signature: '' }];
  const assistant = { ...calling(call('c1')), content: 'Let me see.', reasoning_content: 'hm', thinking_blocks };
  expect(turns(user('Go'), assistant)[1]?.content).toEqual([signed, redacted, text('Let me see.'), toolUse('c1')]);
  expect(turns(user('Go'), { role: 'assistant', content: 'Yes', reasoning_content: 'hm' })[1]?.content).toEqual([
    text('Yes'),
  ]);
});

test('an answer of the official client can be sent back as it is', () => {
  const answer = { role: 'assistant', content: 'No.', refusal: null, annotations: [], audio: null };
  expect(turns(user('Go'), answer, { ...answer, content: null, refusal: 'I will not.' })[1]?.content).toEqual([
    text('No.'),
    text('I will not.'),
  ]);
});

test('messages of one role in a row are one turn, and who says nothing has none', () => {
  expect(turns(user('a'), { role: 'assistant', content: ' ' }, user(''), { ...user('b'), name: 'ann' })).toEqual([
    { role: 'user', content: [text('a'), text('ann:'), text('b')] },
  ]);
});

const pdf = 'data:application/zip;base64,AAAA';
test.each<[string, unknown[]]>([
  ['messages', [system('Only this.')]],
  ['messages', [user('  ')]],
  ['messages.0.content.1', [user([text('a'), { type: 'input_audio', input_audio: { data: '', format: 'wav' } }])]],
  ['messages.0.content.0', [user([{ type: 'video_url' }])]],
  [
    'messages.0.content.0.image_url.url',
    [user([{ type: 'image_url', image_url: { url: 'data:image/bmp;base64,A' } }])],
  ],
  ['messages.0.content.0.image_url.url', [user([{ type: 'image_url', image_url: { url: 'file:///a.png' } }])]],
  ['messages.0.content.0.file.file_id', [user([{ type: 'file', file: { file_id: 'file-1' } }])]],
  ['messages.0.content.0.file.file_data', [user([{ type: 'file', file: { file_data: pdf } }])]],
  ['messages.0.content.0', [system([{ type: 'image_url', image_url: { url: png } }])]],
  ['messages.0.tool_calls.1.function.arguments', [calling(call('c1'), call('c2', '{"a":'))]],
  ['messages.0.tool_calls.0.function.arguments', [calling(call('c1', '[1]'))]],
  ['messages.0.tool_calls.0.type', [calling({ id: 'c1', type: 'custom', custom: {} })]],
  ['messages.0.audio', [{ role: 'assistant', audio: { id: 'a1' } }]],
  ['messages.1.tool_call_id', [user('a'), { role: 'tool', content: 'x' }]],
  ['messages.0.role', [{ role: 'function', name: 'f', content: 'x' }]],
])('%s is named when it cannot be said', (path, messages) => {
  expect(() => conversation(...messages)).toThrow(
    expect.objectContaining({ code: 'invalid_request', details: { issues: [expect.objectContaining({ path })] } }),
  );
});
