import { Migration } from '@mikro-orm/migrations';

/**
 * The providers that the product knows from the start, at their public addresses: disabled, because none has a key yet.
 * Limits are the original design's defaults. Groups are the names that clients ask for; an operator fills them.
 */
export class Migration20261124Providers extends Migration {
  override up(): void {
    for (const [id, displayName, baseUrl, wireFormat, isDomestic] of providers) {
      this.addSql(`insert into providers (id, display_name, base_url, wire_format, sealed_credentials, is_domestic,
        requests_per_minute, tokens_per_minute, enabled, updated_at) values
        ('${id}', '${displayName}', '${baseUrl}', '${wireFormat}', '[]', ${isDomestic}, 1000, 1000000, false, now())
        on conflict (id) do nothing`);
    }
    for (const [id, type, displayName] of groups) {
      this.addSql(`insert into model_groups (id, display_name, type, model_names, fallback_enabled, retry_count,
        timeout_ms, enabled, updated_at) values ('${id}', '${displayName}', '${type}', '[]', true, 3, 30000, true, now())
        on conflict (id) do nothing`);
    }
  }
}

const providers = [
  ['openai', 'OpenAI', 'https://api.openai.com/v1', 'openai', false],
  ['anthropic', 'Anthropic', 'https://api.anthropic.com/v1', 'anthropic', false],
  ['google', 'Google Gemini', 'https://generativelanguage.googleapis.com/v1beta/openai', 'openai', false],
  ['mistral', 'Mistral', 'https://api.mistral.ai/v1', 'openai', false],
  ['xai', 'xAI', 'https://api.x.ai/v1', 'openai', false],
  ['cohere', 'Cohere', 'https://api.cohere.ai/compatibility/v1', 'openai', false],
  ['alibaba', '通义千问', 'https://dashscope.aliyuncs.com/compatible-mode/v1', 'openai', true],
  ['baidu', '文心一言', 'https://qianfan.baidubce.com/v2', 'openai', true],
  ['zhipu', '智谱AI', 'https://open.bigmodel.cn/api/paas/v4', 'openai', true],
  ['moonshot', '月之暗面', 'https://api.moonshot.cn/v1', 'openai', true],
  ['deepseek', 'DeepSeek', 'https://api.deepseek.com/v1', 'openai', true],
  ['xunfei', '讯飞星火', 'https://spark-api-open.xf-yun.com/v1', 'openai', true],
  ['bytedance', '豆包', 'https://ark.cn-beijing.volces.com/api/v3', 'openai', true],
] as const;

const groups = [
  ['auto', 'text', 'Auto'],
  ['text', 'text', 'Text'],
  ['reasoning', 'reasoning', 'Reasoning'],
  ['vision', 'vision', 'Vision'],
  ['image', 'image', 'Images'],
  ['embedding', 'embedding', 'Embeddings'],
  ['tts', 'tts', 'Speech'],
  ['stt', 'stt', 'Transcription'],
] as const;
