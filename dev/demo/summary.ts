import type { Story } from './steps.ts';
import { runLinks } from './steps.ts';

/** What `--json` prints, as one line and last. */
export function summaryJson(story: Story) {
  const { article, publication, usage, byModel, post, chat } = story;
  return {
    article: article && { id: article.task_id, title: article.title, tags: article.tags, markdown: article.markdown },
    publication: publication && {
      id: publication.task_id,
      status: publication.status,
      url: publication.platform_post_url,
      post_id: publication.platform_post_id,
      published_at: publication.published_at,
      screenshot: story.picture,
    },
    usage: usage && { ...usage, by_model: byModel },
    analytics: post && { views: post.views, comments: post.comments, collected_at: post.collected_at },
    fallback: chat && { answered_by: chat.model, attempts: chat.attempts, text: chat.text },
    temporal_ui: runLinks(story),
  };
}

/** The same for people. */
export function summaryText(story: Story): string {
  const { article, publication, post, byModel = [], local } = story;
  const costs = byModel.map(
    ({ model, request_count: requests, input_tokens: input, output_tokens: output, cost_nanos: nanos }) =>
      `  ${model.padEnd(16)} ${requests} requests, ${input} + ${output} tokens, $${(nanos / 1e9).toFixed(9)}`,
  );
  const links = Object.entries(runLinks(story)).map(([name, url]) => `  ${name.padEnd(16)} ${url}`);
  return [
    '',
    `“${article?.title ?? ''}”`,
    `  live at          ${publication?.platform_post_url ?? ''}`,
    `  picture          ${story.picture ?? ''}`,
    `  readers          ${post?.views ?? 0} views, ${post?.comments ?? 0} comments`,
    '',
    'Tokens and cost',
    ...costs,
    ...(local.env['LOCAL_LLM_URL']
      ? ['  (written by a 135M-parameter model on this machine: do not judge the prose)']
      : []),
    '',
    'Runs in the Temporal UI',
    ...links,
    '',
  ].join('\n');
}
