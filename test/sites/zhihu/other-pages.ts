import { escapeHtml, htmlPage } from '../fixture-site.ts';
import type { Article } from './articles.ts';

export const softNotFoundPage = htmlPage('404 - 知乎', '<h1>你似乎来到了没有知识存在的荒原</h1>');

/** The public page, with what its script was given: `<` is written so that no text can end the script. */
export function articlePage({ id, title, content, declaration }: Article, authorId: string): string {
  const article = { id, title, state: 'published', status: 0, isVisible: true, author: { id: authorId } };
  const data = JSON.stringify({ initialState: { entities: { articles: { [id]: article } } } });
  return htmlPage(
    `${escapeHtml(title)} - 知乎`,
    `<h1>${escapeHtml(title)}</h1><p>${declaration}</p><article>${content}</article>
     <script id="js-initialData" type="text/json">${data.replaceAll('<', String.raw`\u003c`)}</script>`,
  );
}
