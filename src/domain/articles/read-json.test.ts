import { expect, test } from '@jest/globals';
import { readJson } from './read-json.ts';

test.each([
  ['plain', '{"a":1}', { a: 1 }],
  ['in a code fence, between words', 'Sure!\n```json\n{"a": "}"}\n```\nDone {x}.', { a: '}' }],
  ['with an escaped quote', String.raw`{"a":"say \"{hi\""}`, { a: 'say "{hi"' }],
  [
    'cut off in a text: the text is left out',
    '{"a":"x","b":[{"c":"y"},{"c":"half a sen',
    { a: 'x', b: [{ c: 'y' }, {}] },
  ],
  ['cut off after a comma', '{"a":["x","y",', { a: ['x', 'y'] }],
  ['cut off after a colon', '{"a":"x","b":', { a: 'x' }],
  ['cut off in a key', '{"a":"x","ke', { a: 'x' }],
])('reads JSON %s', (_, answer, value) => {
  expect(readJson(answer)).toEqual(value);
});

test.each(['', 'no JSON here', '[1, 2]'])('finds no object in %j', (answer) => {
  expect(readJson(answer)).toBeUndefined();
});
