import type { Fetch } from "../../egress/fetch.js";
import type { ChatPoster } from "../../ports/chat-poster.js";
import { type ApiKey, resolveApiKey } from "../../services/api-key.js";
import { callService } from "../../services/service-call.js";
import { escapeSlackText } from "./slack-text.js";

export interface SlackWebhookOptions {
  /** The webhook's address, which is a secret. It decides the channel. */
  readonly url: ApiKey;
  /** @defaultValue the platform's `fetch` */
  readonly fetch?: Fetch | undefined;
}

const service = "slack";

/**
 * Posts by an incoming webhook, always to the webhook's own channel. Slack tells no id of the message, and takes no answers to
 * one.
 *
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
export function slackWebhook(options: SlackWebhookOptions): ChatPoster {
  return {
    port: "chat-poster/1",
    provider: service,
    async post({ channel, text }, { signal } = {}) {
      const url = await resolveApiKey(service, options.url);
      const response = await callService({
        service,
        url,
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ text: escapeSlackText(text), unfurl_links: false, unfurl_media: false }),
        fetch: options.fetch,
        secrets: [url],
        acts: true,
        signal,
      });
      response.body?.cancel().catch(() => {}); // it says "ok", which the status did before
      return { channel };
    },
  };
}
