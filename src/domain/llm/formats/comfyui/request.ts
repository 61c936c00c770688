import { inexpressible } from '../format.ts';
import type { ImagesRequest } from '../images/request.ts';
import type { ComfyUiOptions } from './options.ts';
import { fillWorkflow, placeholdersOf } from './workflow.ts';
import type { Scalar, Workflow } from './workflow.ts';

/**
 * An OpenAI image request as a workflow. Every field that a client gives needs a placeholder of its name: `prompt`, `size`
 * as `{{width}}` and `{{height}}`, `n` as `{{batch}}`, any other one as it is called, such as `negative_prompt` or `steps`.
 * `{{seed}}` is drawn when it is not given.
 * @throws AppError `invalid_request` for a field that the workflow has no place for, or that it needs and has no value for;
 *   and for `response_format: "url"`: pictures are fetched here and have no address that a client could reach
 */
export function comfyUiWorkflow(request: ImagesRequest, options: ComfyUiOptions, seed: number): Workflow {
  if (request.response_format === 'url') throw inexpressible('response_format', 'This model answers b64_json only.');
  const places = placeholdersOf(options.workflow);
  const given = givenIn(request, options);
  for (const [name, { field }] of given) {
    if (!places.has(name)) throw inexpressible(field, 'This model has no such setting.');
  }
  const values = new Map<string, Scalar>([
    ['negative_prompt', ''],
    ['batch', 1],
    ['seed', seed],
    ...Object.entries(options.defaults),
    ...[...given].map(([name, { value }]) => [name, value] as const),
  ]);
  for (const name of places) {
    if (!values.has(name)) throw inexpressible(fieldOf.get(name) ?? name, 'This model needs it.');
  }
  return fillWorkflow(options.workflow, values);
}

/** What became of a field of the request: the placeholder's value, and the field to name when it has no place. */
type Given = Map<string, { field: string; value: Scalar }>;

const fieldOf = new Map([
  ['width', 'size'],
  ['height', 'size'],
  ['batch', 'n'],
]);

/** Not for the drawing: who asks, and how the answer is to be packed. */
const aside = new Set(['model', 'user', 'response_format', 'stream', 'size', 'n']);

function givenIn({ size, n, ...request }: ImagesRequest, { max_pixels: maxPixels }: ComfyUiOptions): Given {
  const given: Given = new Map();
  if (typeof size === 'string' && size !== 'auto') {
    const [width = 0, height = 0] = size.split('x').map(Number);
    if (width * height > maxPixels) throw inexpressible('size', `May have ${maxPixels} pixels at most.`);
    given.set('width', { field: 'size', value: width }).set('height', { field: 'size', value: height });
  }
  if (typeof n === 'number' && n > 1) given.set('batch', { field: 'n', value: n });
  for (const [field, value] of Object.entries(request)) {
    if (aside.has(field) || value === null || value === undefined || value === 'auto') continue;
    if (!isScalar(value)) throw inexpressible(field, 'Must be a text, a number or a boolean for this model.');
    given.set(field, { field, value });
  }
  return given;
}

const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
