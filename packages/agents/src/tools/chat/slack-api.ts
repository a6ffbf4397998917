import type { Fetch } from "../../egress/fetch.js";
import type { ChatPoster } from "../../ports/chat-poster.js";
import { type ApiKey, resolveApiKey } from "../../services/api-key.js";
import { resolveBaseUrl } from "../../services/base-url.js";
import { callForJson, malformed } from "../../services/service-call.js";
import { isRecord, type ServiceFailureCode, serviceFailure } from "../../services/service-failure.js";
import { escapeSlackText } from "./slack-text.js";

export interface SlackApiOptions {
  /** A bot's token, `xoxb-…`, with the scope `chat:write`. */
  readonly token: ApiKey;
  /** @defaultValue https://slack.com/api */
  readonly baseUrl?: string | undefined;
  /** @defaultValue the platform's `fetch` */
  readonly fetch?: Fetch | undefined;
}

const service = "slack";

/** What Slack says inside a success, where it is not a plain refusal. */
const CODES: ReadonlyMap<string, ServiceFailureCode> = new Map([
  ["invalid_auth", "service.auth"],
  ["not_authed", "service.auth"],
  ["token_revoked", "service.auth"],
  ["token_expired", "service.auth"],
  ["account_inactive", "service.auth"],
  ["missing_scope", "service.auth"],
  ["ratelimited", "service.rate_limited"],
  ["rate_limited", "service.rate_limited"],
  ["fatal_error", "service.unavailable"],
  ["internal_error", "service.unavailable"],
  ["service_unavailable", "service.unavailable"],
  ["request_timeout", "service.unavailable"],
]);

/**
 * Posts by Slack's API.
 *
 * @throws TypeError when the base URL is none.
 * @see https://docs.slack.dev/reference/methods/chat.postMessage
 */
export function slackApi(options: SlackApiOptions): ChatPoster {
  const baseUrl = resolveBaseUrl(options.baseUrl ?? "https://slack.com/api", "slackApi.baseUrl");
  return {
    port: "chat-poster/1",
    provider: service,
    async post({ channel, text, threadId }, { signal } = {}) {
      const token = await resolveApiKey(service, options.token);
      const call = { service, secrets: [token], acts: true } as const;
      const answer = await callForJson({
        ...call,
        url: `${baseUrl}/chat.postMessage`,
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json; charset=utf-8" },
        body: JSON.stringify({
          channel,
          text: escapeSlackText(text),
          thread_ts: threadId,
          // a preview would fetch whatever address a model was talked into
          unfurl_links: false,
          unfurl_media: false,
        }),
        fetch: options.fetch,
        signal,
      });
      if (!isRecord(answer) || typeof answer["ok"] !== "boolean") throw malformed(call, "is not Slack's");
      if (!answer["ok"]) throw refusal(call, String(answer["error"]));
      const { ts } = answer;
      return { channel, ...(typeof ts === "string" ? { messageId: ts } : {}) };
    },
  };
}

function refusal(
  call: { readonly service: string; readonly secrets: readonly string[] },
  vendorCode: string,
) {
  const code = CODES.get(vendorCode) ?? "service.refused";
  const replay = code === "service.unavailable" ? "unsafe" : "safe";
  return serviceFailure(call, code, { facts: { status: 200, vendorCode }, words: vendorCode, replay });
}
