import { htmlPage } from '../fixture-site.ts';
import { publishScript } from './publish-script.ts';

/** How the last button looks; the real one had four forms within ten months. */
export type PublishForm = 'shadow' | 'button' | 'ce';

/** The publish page: pictures first, then the text; the form decides what the last button is. */
export const publishPage = (form: PublishForm): string =>
  htmlPage(
    '发布笔记',
    `<style>xhs-publish-btn { display: block; width: 420px; height: 40px } .img-preview-area img { width: 20px }</style>
    <div class="publish-page">
      <div class="header">
        <div class="creator-tab active">上传视频</div><div class="creator-tab">上传图文</div>
      </div>
      <div class="upload-wrapper" hidden><input class="upload-input" type="file" accept=".jpg,.png" hidden></div>
      <div class="img-preview-area"></div>
      <div id="form" hidden>
        <div class="title-container"><div class="d-input"><input placeholder="填写标题会有更多赞哦"></div>
          <div class="max_suffix" hidden>标题太长</div></div>
        <div class="edit-container"><div class="tiptap" role="textbox" contenteditable="true"></div>
          <div class="length-error" hidden>正文太长</div></div>
        <div id="creator-editor-topic-container" hidden></div>
        <div class="d-select"><span class="d-select-placeholder">添加内容类型声明</span><span class="d-select-description" hidden></span></div>
        <div class="d-options" hidden><div class="d-option-name">虚构演绎，仅供娱乐</div><div class="d-option-name">笔记含AI合成内容</div></div>
        <div class="custom-switch-card">定时发布 <span class="d-switch"><input class="d-switch-input" type="checkbox"></span>
          <span class="d-datepicker-input-filter" hidden><input></span></div>
      </div>
      ${buttons[form]}
    </div>
    <script>${publishScript}</script>`,
  );

const buttons: Record<PublishForm, string> = {
  shadow: '<xhs-publish-btn is-publish="true" submit-disabled="true"></xhs-publish-btn>',
  button:
    '<div class="publish-page-publish-btn"><button>暂存离开</button><button class="bg-red" disabled>发布</button></div>',
  ce: '<div><button class="ce-btn">暂存离开</button><button class="ce-btn bg-red" disabled>发布</button></div>',
};
