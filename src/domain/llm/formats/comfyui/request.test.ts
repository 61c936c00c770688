import { expect, test } from '@jest/globals';
import type { ImagesRequest } from '../images/request.ts';
import { comfyUiWorkflow } from './request.ts';

function inputsOf(inputs: Record<string, unknown>, request: Partial<ImagesRequest> = {}, defaults = {}) {
  const workflow = { '1': { class_type: 'Any', inputs }, '2': { class_type: 'Any', inputs: { text: '{{prompt}}' } } };
  const options = { workflow, defaults, poll_ms: 1, max_pixels: 1_000_000 };
  return comfyUiWorkflow({ model: 'm', prompt: 'a cat', ...request }, options, 42)['1']?.['inputs'];
}

test('a placeholder that is the whole text becomes the value, one within a text is written out', () => {
  expect(
    inputsOf({ a: '{{width}}', b: 'w={{width}}', c: ['x', '{{width}}'], d: 7, e: '{{height}}' }, { size: '512x64' }),
  ).toEqual({
    a: 512,
    b: 'w=512',
    c: ['x', 512],
    d: 7,
    e: 64,
  });
});

test('what a client writes is text and nothing else: neither JSON nor a placeholder', () => {
  const prompt = '"}, {{seed}} $& \\';
  expect(inputsOf({ text: 'best, {{prompt}}', seed: '{{seed}}' }, { prompt })).toEqual({
    text: `best, ${prompt}`,
    seed: 42,
  });
});

test('what the client does not say is what the model says, and a seed is drawn', () => {
  const inputs = { steps: '{{steps}}', seed: '{{seed}}', n: '{{batch}}', not: '{{negative_prompt}}', w: '{{width}}' };
  expect(inputsOf(inputs, {}, { steps: 20, width: 1024 })).toEqual({ steps: 20, seed: 42, n: 1, not: '', w: 1024 });
  expect(inputsOf(inputs, { steps: 30, seed: 7, negative_prompt: 'hands' }, { steps: 20, width: 1024 })).toMatchObject({
    steps: 30,
    seed: 7,
    not: 'hands',
  });
});

test.each<[Partial<ImagesRequest>, string]>([
  [{ size: '512x512' }, 'size'],
  [{ n: 2 }, 'n'],
  [{ quality: 'high' }, 'quality'],
  [{ style: { name: 'vivid' } }, 'style'],
  [{ response_format: 'url' }, 'response_format'],
])('what the workflow has no place for is refused by its name: %j', (request, path) => {
  expect(() => inputsOf({ text: '{{prompt}}' }, request)).toThrow(
    expect.objectContaining({ code: 'invalid_request', details: { issues: [expect.objectContaining({ path })] } }),
  );
});

test('what says nothing, or nothing of the drawing, needs no place', () => {
  const request = { size: 'auto', n: 1, quality: 'auto', user: 'u', response_format: 'b64_json', style: null } as const;
  expect(inputsOf({ text: '{{prompt}}' }, request)).toEqual({ text: 'a cat' });
});

test('what the workflow needs and nobody says is asked for by its name', () => {
  expect(() => inputsOf({ other: '{{width}}' })).toThrow('size: ');
  expect(() => inputsOf({ other: '{{steps}}' })).toThrow('steps: ');
});

test('no picture is larger than the model allows', () => {
  const inputs = { text: '{{prompt}}', w: '{{width}}', h: '{{height}}' };
  expect(() => inputsOf(inputs, { size: '99999x99999' })).toThrow('size: May have 1000000 pixels at most.');
});
