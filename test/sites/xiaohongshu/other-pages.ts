import { escapeHtml, htmlPage } from '../fixture-site.ts';
import type { Note } from './notes.ts';

/** The account's notes, as the page's own script asks for them. */
export const managerPage = htmlPage(
  '笔记管理',
  `<div class="note-manager"><div class="tabs">全部笔记</div><div class="content"></div></div>
  <script>
    const list = document.querySelector('.content');
    fetch('/api/galaxy/v2/creator/note/user/posted?tab=0&page=0').then((answer) => answer.json()).then(({ data }) => {
      if (data.notes.length === 0) list.innerHTML = '<div class="empty">暂无笔记</div>';
      for (const { id, title, time } of data.notes) {
        const card = document.createElement('div');
        card.className = 'note';
        const impression = JSON.stringify({ noteTarget: { type: 'NoteTarget', value: { noteId: id } } });
        card.setAttribute('data-impression', impression);
        card.innerHTML = '<div class="info"><div class="title"></div><div class="time"></div></div>';
        card.querySelector('.title').textContent = title;
        card.querySelector('.time').textContent = time;
        list.append(card);
      }
    });
  </script>`,
);

export const notePage = ({ title, desc, declaration }: Note): string =>
  htmlPage(
    `${escapeHtml(title)} - 小红书`,
    `<div id="detail-title">${escapeHtml(title)}</div><div id="detail-desc">${escapeHtml(desc)}</div><p>${declaration}</p>`,
  );

/** Only the page's own, signed request gets an answer. */
export const statisticsPage = htmlPage(
  '数据分析',
  `<div class="note-data"></div><button class="next-page">下一页</button>
  <script>
    let page = 1;
    const load = () => fetch('/api/galaxy/creator/datacenter/note/analyze/list?page_size=2&page_num=' + page, { headers: { 'x-s': 'signed' } });
    document.querySelector('.next-page').onclick = () => { page += 1; load(); };
    load();
  </script>`,
);

export const homePage = htmlPage('创作服务平台', '<h1>首页</h1>');
export const successPage = htmlPage('发布成功', '<h1>发布成功</h1>');
export const riskPage = htmlPage('安全限制', '<h1>当前账号存在异常</h1>');

/** As the list writes it: local time of Shanghai, no seconds. */
export function shownTime(atMs: number): string {
  const [date, time] = new Date(atMs + 8 * 3_600_000).toISOString().slice(0, 16).split('T');
  const [year, month, day] = (date ?? '').split('-');
  return `发布于 ${year}年${month}月${day}日 ${time}`;
}
