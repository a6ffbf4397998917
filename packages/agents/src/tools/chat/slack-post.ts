import { type AnyTool, defineTool, type WriteRules } from "@salesagent/core/tools";
import { z } from "zod";
import type { ChatPoster, PostedMessage } from "../../ports/chat-poster.js";

/** What a model gives `slack_post`. */
export interface SlackPostInput {
  readonly channel: string;
  readonly text: string;
  readonly threadId?: string | undefined;
}

export interface SlackPostOptions {
  /** `slackApi({ … })` or `slackWebhook({ … })`. */
  readonly poster: ChatPoster;
  /** The channels that a model may post to: its name for each, and Slack's id, such as `{ sales: "C0123456789" }`. */
  readonly channels: Readonly<Record<string, string>>;
  readonly gates?: WriteRules<SlackPostInput, PostedMessage>["gates"];
  readonly approval?: WriteRules<SlackPostInput, PostedMessage>["approval"];
  /** In milliseconds. @defaultValue 20_000 */
  readonly timeoutMs?: number | undefined;
}

/**
 * The tool `slack_post`: a message to one of the channels that you name. Slack has no way to look a message up by a key of
 * ours, so one of unknown outcome is not posted again.
 *
 * @example
 * ```ts
 * slackPost({ poster: slackApi({ token }), channels: { sales: "C0123456789" } });
 * ```
 * @throws TypeError naming the option. The tool itself: `service.…`.
 */
export function slackPost({
  poster,
  channels,
  gates,
  approval,
  timeoutMs = 20_000,
}: SlackPostOptions): AnyTool {
  const [first, ...rest] = Object.keys(channels);
  if (first === undefined) throw new TypeError("slack_post.channels is empty");
  const idOf = (name: string) => channels[name] ?? name;
  return defineTool<SlackPostInput, PostedMessage>({
    name: "slack_post",
    description: "Posts a message to a channel of the team's Slack.",
    input: z.object({
      channel: z.enum([first, ...rest]),
      text: z
        .string()
        .trim()
        .min(1)
        .max(4_000)
        .describe("Plain text; mentions and links are shown as they are."),
      threadId: z
        .string()
        .regex(/^\d+\.\d+$/, "must be a message's id such as 1700000000.000100")
        .optional(),
    }),
    effect: "write",
    timeoutMs,
    target: ({ channel, threadId }) => [idOf(channel), threadId].filter(Boolean).join("/"),
    gates,
    approval,
    run: ({ channel, text, threadId }, { idempotencyKey, signal }) =>
      poster.post({ channel: idOf(channel), text, threadId, key: idempotencyKey }, { signal }),
  });
}
