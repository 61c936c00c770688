import { z } from 'zod';

/**
 * The form of `POST /v1/audio/transcriptions` (https://platform.openai.com/docs/api-reference/audio/createTranscription).
 * What we use is checked; every other field goes to the upstream as it came, under its name there, as
 * `timestamp_granularities[]`. Transcripts are not streamed.
 */
export type TranscriptionRequest = z.infer<typeof transcriptionRequest>;

const value = z.union([z.string(), z.file()]);

export const transcriptionRequest = z
  .object({
    file: z.file().min(1, 'is empty').describe('The recording.'),
    model: z.string().min(1).max(200).describe('A model or a group.'),
    language: z.string().max(40).optional(),
    prompt: z.string().max(32_000).optional(),
    response_format: z.enum(['json', 'text', 'srt', 'verbose_json', 'vtt', 'diarized_json']).optional(),
    temperature: z.string().max(20).optional(),
    stream: z.literal('false').optional(),
  })
  .catchall(z.union([value, z.array(value)]));

/** Whether the answer is JSON; else it is text, which says nothing of what was used. */
export const answersJson = ({ response_format: format = 'json' }: TranscriptionRequest): boolean =>
  format.endsWith('json');
