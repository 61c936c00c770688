import { Router } from '@koa/router';
import type { Context } from 'koa';
import { fixtureSite } from '../fixture-site.ts';
import type { FixtureSite } from '../fixture-site.ts';
import { loginDesk } from '../login-desk.ts';
import type { LoginDesk } from '../login-desk.ts';
import { bytesOf, jsonOf } from '../request-body.ts';
import { loginPage } from './login-page.ts';
import type { LoginForm } from './login-page.ts';
import { sentNote, xiaohongshuNotes } from './notes.ts';
import type { Note } from './notes.ts';
import { homePage, managerPage, notePage, riskPage, shownTime, statisticsPage, successPage } from './other-pages.ts';
import { publishPage } from './publish-page.ts';
import type { PublishForm } from './publish-page.ts';

/** A site that behaves as xiaohongshu's pages are described. `now` holds its switches, to be turned while it runs. */
export async function openXiaohongshu(switches: Partial<XiaohongshuSwitches> = {}): Promise<XiaohongshuSite> {
  const now: XiaohongshuSwitches = { ...honest, ...switches };
  const notes = xiaohongshuNotes();
  const uploads: Buffer[] = [];
  const router = new Router();
  const desk = loginDesk(router, { cookie: 'web_session' });
  const page = (context: Context, html: () => string) => {
    if (now.risk !== null) return context.redirect(`/website-login/error?error_code=${now.risk}`);
    if (!desk.isIn(context)) return context.redirect('/login');
    Object.assign(context, { type: 'html', body: html() });
  };
  const open = (path: string, html: () => string) =>
    router.get(path, (context) => void Object.assign(context, { type: 'html', body: html() }));

  open('/login', () => loginPage(now.login));
  open('/website-login/error', () => riskPage);
  router.get('/new/home', (context) => page(context, () => homePage));
  router.get('/publish/publish', (context) => page(context, () => publishPage(now.form)));
  router.get('/publish/success', (context) => page(context, () => successPage));
  router.get('/new/note-manager', (context) => page(context, () => managerPage));
  router.get('/statistics/data-analysis', (context) => page(context, () => statisticsPage));
  router.get('/explore/:id', (context) => {
    const note = notes.find(context['params'].id);
    if (note) Object.assign(context, { type: 'html', body: notePage(note) });
    else context.status = 404;
  });

  router.post('/api/galaxy/upload', async (context) => {
    uploads.push(await bytesOf(context.req));
    context.body = { fileId: `file-${uploads.length}` };
  });
  router.post('/web_api/sns/v2/note', async (context) => {
    const sent = sentNote.parse(await jsonOf(context.req));
    if (!desk.isIn(context) || context.get('x-s') !== 'signed') return void (context.status = 406);
    now.creates += 1;
    if (now.publishFault === 'refused') return void (context.body = { success: false, code: -9136, msg: '操作频繁' });
    if (now.publishFault === 'refused before it is stored') return void (context.status = 500);
    const { id } = notes.add(sent);
    if (now.publishFault === 'answer cut') context.req.socket.destroy();
    if (now.publishFault === 'error page after it is stored') context.status = 502;
    else context.body = { success: true, code: 0, data: { id } };
  });
  router.get('/api/galaxy/v2/creator/note/user/posted', (context) => {
    const listed = notes.all().filter(({ createdAtMs }) => Date.now() >= createdAtMs + now.listLagMs);
    const shown = listed.map(({ id, title, createdAtMs }) => ({
      id,
      title: Date.now() >= createdAtMs + now.titleLagMs ? title : '',
      time: shownTime(createdAtMs),
    }));
    context.body = { data: { notes: shown } };
  });
  router.get('/api/galaxy/creator/datacenter/note/analyze/list', (context) => {
    if (context.get('x-s') !== 'signed') return void (context.status = 406);
    const from = (Number(context.query['page_num']) - 1) * 2;
    const infos = notes.all().slice(from, from + 2);
    context.body = {
      data: {
        note_infos: infos.map(({ id }) => ({ id, read_count: 41, comment_count: 2 })),
        total: notes.all().length,
      },
    };
  });

  const site = await fixtureSite(router);
  return { ...site, now, desk, login: desk.login, notes, uploads };
}

export type XiaohongshuSwitches = {
  form: PublishForm;
  login: LoginForm;
  /** The code of the page that everything leads to. */
  risk: string | null;
  publishFault: 'none' | 'answer cut' | 'error page after it is stored' | 'refused before it is stored' | 'refused';
  /** How long a new note is not listed. */
  listLagMs: number;
  /** How long a new note is listed without its title. */
  titleLagMs: number;
  /** How many create calls arrived, whatever became of them. */
  creates: number;
};

export type XiaohongshuSite = FixtureSite & {
  now: XiaohongshuSwitches;
  desk: LoginDesk;
  login: LoginDesk['login'];
  notes: ReturnType<typeof xiaohongshuNotes>;
  uploads: Buffer[];
};
export type { Note };

const honest: XiaohongshuSwitches = {
  form: 'shadow',
  login: 'qr',
  risk: null,
  publishFault: 'none',
  listLagMs: 0,
  titleLagMs: 60_000,
  creates: 0,
};
