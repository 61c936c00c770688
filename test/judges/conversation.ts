/** What all judges talk about. */
import type { Call } from './answer.ts';

export const question = 'Is it sunny?';
const cityInput = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const } },
  required: ['city'],
  additionalProperties: false,
};
export const weather = { name: 'weather', description: 'The weather in a city.', input: cityInput };

export const calls: Call[] = [
  { id: 'call_paris', name: 'weather', input: { city: 'Paris' } },
  { id: 'call_rome', name: 'weather', input: { city: 'Rome' } },
];
export const weatherIn = (city: unknown) => `Sunny in ${String(city)}.`;
export const results = calls.map(({ id, input }) => ({ id, text: weatherIn(input['city']) }));

/** One pixel, transparent. */
export const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
export const pictureUrl = 'https://example.com/sky.png';
export const pictures = [pictureUrl, `data:image/png;base64,${pixel}`];
