/** Runs in the publish page. One picture at a time; topics are picked from a list; the last click must be a real one. */
export const publishScript = String.raw`
  const $ = (css) => document.querySelector(css);
  const tabs = document.querySelectorAll('.creator-tab');
  const upload = $('.upload-wrapper'), file = $('.upload-input'), previews = $('.img-preview-area');
  const form = $('#form'), title = $('.d-input input'), body = $('.tiptap'), picker = $('#creator-editor-topic-container');
  const select = $('.d-select'), options = $('.d-options'), declared = $('.d-select-description');
  const images = [];
  let busy = false;
  tabs[1].onclick = () => { tabs[0].classList.remove('active'); tabs[1].classList.add('active'); upload.hidden = false; };

  const ready = () => {
    const isReady = images.length > 0 && !busy;
    const host = $('xhs-publish-btn');
    if (host) host.setAttribute('submit-disabled', String(!isReady));
    else $('button.bg-red').disabled = !isReady;
  };
  file.onchange = async () => {
    if (busy || file.files.length === 0) return;
    busy = true; ready();
    const { fileId } = await (await fetch('/api/galaxy/upload', { method: 'POST', body: file.files[0] })).json();
    images.push(fileId);
    const preview = document.createElement('div');
    preview.className = 'pr';
    preview.textContent = fileId;
    previews.append(preview);
    file.value = '';
    form.hidden = false;
    busy = false; ready();
  };

  const width = (text) => Math.ceil([...text].reduce((sum, c) => sum + (c.codePointAt(0) < 128 ? 0.5 : 1), 0));
  title.oninput = () => { $('.max_suffix').hidden = width(title.value) <= 20; };

  const caretToEnd = () => { const selection = getSelection(); selection.selectAllChildren(body); selection.collapseToEnd(); };
  body.onpaste = (event) => {
    event.preventDefault();
    const lines = event.clipboardData.getData('text/plain').split('\n');
    body.replaceChildren(...lines.map((line) => { const p = document.createElement('p'); p.textContent = line; return p; }));
    caretToEnd();
  };
  const typedTopic = () => {
    const { anchorNode: node, anchorOffset: at } = getSelection();
    if (!node || node.nodeType !== 3) return null;
    const found = /#([^\s#]+)$/.exec(node.data.slice(0, at));
    return found && { node, from: at - found[0].length, to: at, name: found[1] };
  };
  const pick = (name) => {
    const typed = typedTopic();
    if (!typed) return;
    const range = document.createRange();
    range.setStart(typed.node, typed.from); range.setEnd(typed.node, typed.to); range.deleteContents();
    const topic = document.createElement('a');
    topic.className = 'tiptap-topic'; topic.dataset.topic = name; topic.contentEditable = 'false';
    topic.textContent = '#' + name + '[话题]#';
    range.insertNode(topic);
    topic.after('\u00a0');
    picker.hidden = true;
    getSelection().collapse(topic.nextSibling, 1);
  };
  body.oninput = () => {
    $('.length-error').hidden = body.textContent.length <= 1200;
    const typed = typedTopic();
    picker.hidden = !typed;
    if (!typed) return;
    picker.replaceChildren(...[typed.name, typed.name + '日记'].map((name) => {
      const item = document.createElement('div');
      item.className = 'item';
      item.innerHTML = '<span class="name"></span><span class="num">1.2万次浏览</span>';
      item.firstChild.textContent = '#' + name;
      item.onmousedown = (event) => { event.preventDefault(); pick(name); };
      return item;
    }));
  };

  select.onclick = () => { options.hidden = !options.hidden; };
  for (const option of options.children) option.onclick = () => {
    $('.d-select-placeholder').hidden = true;
    declared.textContent = option.textContent; declared.hidden = false; options.hidden = true;
  };
  const later = $('.d-switch-input');
  later.onchange = () => { $('.d-datepicker-input-filter').hidden = !later.checked; };

  let sent = false;
  const publish = async (event) => {
    const { disabled } = $('button.bg-red') ?? { disabled: $('xhs-publish-btn').getAttribute('submit-disabled') === 'true' };
    if (!event.isTrusted || sent || disabled) return;
    sent = true;
    const note = {
      title: title.value, desc: body.innerText, images, declaration: declared.textContent, scheduled: later.checked,
      topics: [...body.querySelectorAll('[data-topic]')].map((topic) => topic.dataset.topic),
    };
    const create = async () => {
      const answer = await fetch('/web_api/sns/v2/note', {
        method: 'POST', headers: { 'content-type': 'application/json', 'x-s': 'signed' }, body: JSON.stringify(note),
      });
      if ((await answer.json()).success) location.href = '/publish/success';
      else sent = false;
    };
    // An impatient page: it asks again by itself when it hears nothing.
    await create().catch(create).catch(() => { sent = false; });
  };
  if ($('button.bg-red')) $('button.bg-red').onclick = publish;
  customElements.define('xhs-publish-btn', class extends HTMLElement {
    connectedCallback() {
      const root = this.attachShadow({ mode: 'closed' });
      root.innerHTML = '<div style="display:flex;justify-content:space-between"><button style="width:100px;height:40px">暂存离开</button><button style="width:100px;height:40px">发布</button></div>';
      root.querySelectorAll('button')[1].onclick = publish;
    }
  });
`;
