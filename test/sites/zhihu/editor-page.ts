import { escapeHtml, htmlPage } from '../fixture-site.ts';
import type { Article } from './articles.ts';

/** How the last button looks; the real one has changed more than once. */
export type PublishForm = 'button' | 'role' | 'panel';

/** The editor: an id with the first words, then saves by itself; the publish button as the form says. */
export const editorPage = (article: Article | null, form: PublishForm): string =>
  htmlPage(
    '写文章 - 知乎',
    `<div class="WriteIndex-layout">
      <div class="WriteIndex-titleInput">
        <textarea class="Input" placeholder="请输入标题（最多 100 个字）">${escapeHtml(article?.title ?? '')}</textarea>
      </div>
      <label>添加封面<input class="UploadPicture-input" type="file" accept="image/*" hidden></label>
      <div id="cover"></div>
      <div class="DraftEditor-root"><div class="public-DraftEditor-content" contenteditable="true" role="textbox">${article?.content ?? ''}</div></div>
      <div>创作声明 <button class="WriteIndex-declare" role="combobox" aria-haspopup="listbox">${article?.declaration || '无声明'}</button>
        <div id="options" role="listbox" hidden>
          ${declarations.map((words) => `<div class="Select-option" role="option">${words}</div>`).join('')}
        </div>
      </div>
      ${buttons[form]}
    </div>
    <script>
      let id = ${JSON.stringify(article?.id ?? null)}, image = ${JSON.stringify(article?.titleImage ?? '')}, timer;
      const title = document.querySelector('textarea');
      const body = document.querySelector('.public-DraftEditor-content');
      const cover = document.querySelector('#cover');
      const declare = document.querySelector('.WriteIndex-declare');
      const send = async (method, path, data) => {
        const answer = await fetch(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(data) });
        if (!answer.ok) throw new Error(answer.status);
        return answer.json();
      };
      let queue = Promise.resolve();
      const save = () => (queue = queue.then(async () => {
        const data = { title: title.value, content: body.innerHTML, titleImage: image, declaration: declare.textContent };
        if (id) return send('PATCH', '/api/articles/' + id + '/draft', data);
        ({ id } = await send('POST', '/api/articles/drafts', data));
        history.replaceState(null, '', '/p/' + id + '/edit');
      }).catch(() => {}));
      const later = () => { clearTimeout(timer); timer = setTimeout(save, 20); };
      const showCover = () => {
        cover.innerHTML = image ? '<img class="UploadPicture-image" width="20" height="20" src="' + image + '"><button class="UploadPicture-delete">删除</button>' : '';
        const button = cover.querySelector('button');
        if (button) button.onclick = () => { image = ''; showCover(); later(); };
      };
      showCover();
      title.oninput = later;
      body.oninput = later;
      body.onpaste = (event) => {
        event.preventDefault();
        const pasted = new DOMParser().parseFromString(event.clipboardData.getData('text/html'), 'text/html').body;
        for (const h1 of pasted.querySelectorAll('h1')) { const h2 = document.createElement('h2'); h2.innerHTML = h1.innerHTML; h1.replaceWith(h2); }
        body.innerHTML = pasted.innerHTML;
        later();
      };
      document.querySelector('.UploadPicture-input').onchange = async (event) => {
        ({ url: image } = await (await fetch('/api/uploaded_images', { method: 'POST', body: event.target.files[0] })).json());
        showCover();
        later();
      };
      const options = document.querySelector('#options');
      declare.onclick = () => { options.hidden = !options.hidden; };
      for (const option of options.children) option.onclick = () => {
        declare.textContent = option.textContent; options.hidden = true; later();
      };
      const publish = async () => {
        clearTimeout(timer);
        await save();
        await send('PUT', '/api/articles/' + id + '/publish', {});
        location.href = '/p/' + id;
      };
      const opener = document.querySelector('#open-panel');
      if (opener) opener.onclick = () => { document.querySelector('#panel').hidden = false; };
      document.querySelector('#publish').onclick = () => void publish().catch(() => { document.title = '发布失败'; });
    </script>`,
  );

const declarations = ['无声明', '包含剧透', '虚构创作', '包含 AI 辅助创作 作者对内容负责'];

const buttons: Record<PublishForm, string> = {
  button: '<button id="publish" class="PublishPanel-submitButton">发布</button>',
  role: '<div id="publish" class="WriteIndex-submit" role="button" tabindex="0">发布</div>',
  panel: `<button id="open-panel" class="PublishPanel-triggerButton" aria-haspopup="dialog">发布</button>
    <div id="panel" role="dialog" hidden><button id="publish" class="PublishPanel-stepTwoButton">确认发布</button></div>`,
};
