import type { Article, Outline } from '../../entities/article.ts';

/** The part of an OpenAI chat body that is used here. */
export type ChatRequest = Record<string, unknown> & {
  model: string;
  messages: { role: 'system' | 'user'; content: string }[];
};

// Short and plain, because the smallest writer has 135 million parameters and speaks 45 tokens a second: the limits add
// up to about 600 tokens for an article. The wanted JSON is said in words too, for models that know no schema.

export function outlineRequest({ modelName, topic, style, keywords }: Article): ChatRequest {
  const wishes = [
    style === null ? '' : `Style: ${style}`,
    keywords.length === 0 ? '' : `Keywords: ${keywords.join(', ')}`,
  ];
  return request({
    modelName,
    system: 'You plan short articles. Answer with JSON: {"title": "…", "sections": [{"heading": "…", "point": "…"}]}.',
    lines: [
      `Topic: ${topic}`,
      ...wishes,
      'Plan an article with a title and 3 sections. Headings are short; a point is one sentence.',
    ],
    maxTokens: 180,
    schema: outlineSchema,
  });
}

/**
 * The points of the outline are left out: small models copy them instead of writing.
 * @param notes what was wrong with the draft before this one, as instructions
 */
export function draftRequest(
  { modelName, topic, style, keywords }: Article,
  outline: Outline,
  notes: readonly string[] = [],
) {
  const headings = outline.sections.map(({ heading }) => `"${heading}"`);
  return request({
    modelName,
    system: `You write blog posts in Markdown${style === null ? '' : `, ${style}`}.`,
    lines: [
      `Write a blog post about ${topic}.`,
      `Its title is "${outline.title}". Its headings are ${headings.join(', ')}.`,
      ['Under each heading (##) write a paragraph of four or five sentences.', ...wordsToUse(keywords), ...notes].join(
        ' ',
      ),
    ],
    maxTokens: 340,
  });
}

const wordsToUse = (keywords: readonly string[]) =>
  keywords.length === 0 ? [] : [`Use the words ${keywords.join(', ')}.`];

export function reviewRequest({ modelName }: Article, outline: Outline, markdown: string): ChatRequest {
  return request({
    modelName,
    system:
      'You are an editor. Answer with JSON: {"title", "summary", "tags", "verdict": "accept" or "revise", "notes"}.',
    lines: [
      `# ${outline.title}`,
      markdown,
      '---\nGive this article a title, a summary of one sentence and 2 to 5 tags. Accept it, or say in notes what to revise.',
    ],
    maxTokens: 140,
    schema: reviewSchema,
  });
}

function request({ modelName, system, lines, maxTokens, schema }: Wish): ChatRequest {
  return {
    model: modelName,
    messages: [
      { role: 'system', content: `${system} Write in the language of the topic.` },
      { role: 'user', content: lines.filter((line) => line !== '').join('\n\n') },
    ],
    max_tokens: maxTokens,
    ...(schema ? { response_format: { type: 'json_schema', json_schema: schema } } : {}),
  };
}

type Wish = {
  modelName: string;
  system: string;
  lines: string[];
  maxTokens: number;
  schema?: { name: string; schema: object };
};

const text = (maxLength: number) => ({ type: 'string', maxLength });

const outlineSchema = {
  name: 'outline',
  schema: objectOf({
    title: text(80),
    sections: { type: 'array', minItems: 2, maxItems: 4, items: objectOf({ heading: text(80), point: text(120) }) },
  }),
};

const reviewSchema = {
  name: 'review',
  schema: objectOf({
    title: text(80),
    summary: text(200),
    tags: { type: 'array', minItems: 2, maxItems: 5, items: text(20) },
    verdict: { type: 'string', enum: ['accept', 'revise'] },
    notes: text(160),
  }),
};

function objectOf(properties: Record<string, object>) {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}
