import type { Route } from './route.ts';
import { openApiPath } from './openapi.ts';

/** The routes for people to read: one page without scripts, from the same list as the OpenAPI document. */
export function docsPage(routes: readonly Route[]): string {
  const tags = [...new Set(routes.map(tagOf))];
  const sections = tags.map((tag) =>
    section(
      tag,
      routes.filter((route) => tagOf(route) === tag),
    ),
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>AI Creator Cloud API</title><style>${STYLE}</style></head>
<body><h1>AI Creator Cloud API</h1>
<p>Schemas of every body and answer are in <a href="/openapi.json">openapi.json</a>.</p>
${sections.join('\n')}
</body></html>`;
}

const tagOf = ({ tag = 'service' }: Route) => tag;

function section(tag: string, routes: readonly Route[]): string {
  const rows = routes.map(
    ({ method, path, allow, summary }) =>
      `<tr><td><code>${method}</code></td><td><code>${escape(openApiPath(path))}</code></td>` +
      `<td>${who[allow]}</td><td>${escape(summary)}</td></tr>`,
  );
  return `<h2>${escape(tag)}</h2>\n<table>${rows.join('\n')}</table>`;
}

const who = { public: 'anybody', user: 'user', operator: 'operator', admin: 'admin', key: 'API key' } as const;

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}td{border-top:1px solid #8884;padding:.4rem .8rem .4rem 0;vertical-align:top}
td:first-child{width:5rem}td:nth-child(3){width:6rem}h2{text-transform:capitalize;margin-top:2rem}`;
