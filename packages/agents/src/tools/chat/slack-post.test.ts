import { describe, expect, it } from "vitest";
import { memoryChat } from "../../rehearsal/memory-chat.js";
import { callTool, IDEMPOTENCY_KEY } from "../../testing/call-tool.js";
import { json, recordedFetch } from "../../testing/recorded-fetch.js";
import { slackApi } from "./slack-api.js";
import { slackPost } from "./slack-post.js";
import { slackWebhook } from "./slack-webhook.js";

const TOKEN = "xoxb-planted-0123456789";
const HOOK = "https://hooks.slack.test/services/T0/B0/planted0123456789";
const channels = { sales: "C0123456789" };
const message = { channel: "C0123456789", text: "Deal <!channel> <https://evil.test|won> & done", key: "k" };

describe("slack_post", () => {
  it("posts to a channel that the host names, and to no other", async () => {
    const poster = memoryChat();
    const tool = slackPost({ poster, channels });
    const outcome = await callTool(tool, { channel: "sales", text: "Won!", threadId: "1700000000.000100" });

    expect(outcome.output).toEqual({ channel: "C0123456789", messageId: "1" });
    expect(poster.messages).toMatchObject([{ channel: "C0123456789", text: "Won!", key: IDEMPOTENCY_KEY }]);
    expect(await callTool(tool, { channel: "general", text: "x" })).toMatchObject({
      errorCode: "tool.input_invalid",
    });
    expect(tool.effect).toBe("write");
    expect(tool.rules?.target({ channel: "sales", threadId: "1.2" } as never)).toBe("C0123456789/1.2");
  });

  it("refuses to be made without channels", () => {
    expect(() => slackPost({ poster: memoryChat(), channels: {} })).toThrow(/slack_post\.channels/);
  });
});

describe("slackApi", () => {
  it("posts plain text, without previews", async () => {
    const { fetch, calls, bodyOf } = recordedFetch(
      json({ ok: true, channel: "C0123456789", ts: "1700000000.000200" }),
    );
    const posted = await slackApi({ token: () => TOKEN, fetch }).post({ ...message, threadId: "1.2" });

    expect(posted).toEqual({ channel: "C0123456789", messageId: "1700000000.000200" });
    expect(calls[0]?.url).toBe("https://slack.com/api/chat.postMessage");
    expect(bodyOf(0)).toEqual({
      channel: "C0123456789",
      text: "Deal &lt;!channel&gt; &lt;https://evil.test|won&gt; &amp; done",
      thread_ts: "1.2",
      unfurl_links: false,
      unfurl_media: false,
    });
  });

  it.each([
    ["channel_not_found", "service.refused", "safe"],
    ["invalid_auth", "service.auth", "safe"],
    ["ratelimited", "service.rate_limited", "safe"],
    ["internal_error", "service.unavailable", "unsafe"],
  ])("does not take a success that says %s for one", async (error, code, replay) => {
    const { fetch } = recordedFetch(json({ ok: false, error }));
    await expect(slackApi({ token: TOKEN, fetch }).post(message)).rejects.toMatchObject({
      code,
      replay,
      facts: { vendorCode: error },
    });
  });

  it.each([
    [429, "service.rate_limited", "safe"],
    [503, "service.unavailable", "unsafe"],
  ])("tells what a %i means, and whether it may be sent again", async (status, code, replay) => {
    const { fetch } = recordedFetch(() => new Response("", { status, headers: { "retry-after": "30" } }));
    await expect(slackApi({ token: TOKEN, fetch }).post(message)).rejects.toMatchObject({
      code,
      replay,
      facts: { retryAfterMs: 30_000 },
    });
  });

  it("takes a connection that broke for one that may have posted", async () => {
    const { fetch } = recordedFetch(() => Promise.reject(new TypeError("terminated")));
    await expect(slackApi({ token: TOKEN, fetch }).post(message)).rejects.toMatchObject({ replay: "unsafe" });
  });
});

describe("slackWebhook", () => {
  it("posts to the webhook's own channel", async () => {
    const { fetch, calls } = recordedFetch(() => new Response("ok"));
    expect(await slackWebhook({ url: HOOK, fetch }).post(message)).toEqual({ channel: "C0123456789" });
    expect(calls[0]?.url).toBe(HOOK);
  });

  it("does not tell its address, which is a secret", async () => {
    const { fetch } = recordedFetch(() => new Response(`no_service at ${HOOK}`, { status: 404 }));
    const error: unknown = await slackWebhook({ url: HOOK, fetch })
      .post(message)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "service.refused", message: expect.stringContaining("no_service") });
    expect(JSON.stringify(error) + String(error)).not.toContain("planted");
  });
});
