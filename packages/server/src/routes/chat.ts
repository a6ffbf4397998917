import { z } from "zod";
import { jsonBody } from "../body.js";
import { UI_HEADERS, uiFrames } from "../chat/ui-frames.js";
import { EVENT_STREAM, followResponse } from "../follow-response.js";
import { invalidRequest } from "../request-errors.js";
import { type Route, route } from "../route.js";
import { idSchema, jsonSchema } from "./shared-schemas.js";
import { startRun } from "./start-run.js";

const messageSchema = z.looseObject({
  id: z.string().max(400).optional(),
  role: z.enum(["system", "user", "assistant"]),
  parts: z.array(z.looseObject({ type: z.string() })).max(10_000),
});

/** What `useChat` sends; what else a transport adds is passed over. */
const chatBody = z.looseObject({
  id: idSchema.describe("The chat's id: the thread that the run belongs to."),
  messages: z.array(messageSchema).max(10_000),
  input: jsonSchema.optional().describe("What the agent works on, in place of the last message of the user."),
  leadId: idSchema.optional(),
});

const tag = "chat";
const answer = { description: "A UI message stream, version 1.", mediaType: EVENT_STREAM };

export const chatRoutes: readonly Route[] = [
  route({
    ...{ method: "POST", path: "/chat/{agent}", tag, permission: "agents:run", handlerMs: "none" },
    summary: "Runs an agent for useChat of the AI SDK: the last message of the user is its input",
    params: z.strictObject({ agent: idSchema }),
    body: jsonBody(chatBody),
    answer,
    async handler(context) {
      const { agent } = context.params;
      const { id: threadId, messages, leadId, ...rest } = context.body;
      const input = rest.input === undefined ? lastWords(messages) : rest.input;
      const run = await startRun(context, {
        agent,
        input,
        threadId,
        ...(leadId !== undefined && { leadId }),
      });
      const headers = { ...UI_HEADERS, "x-run-id": run.id };
      return followResponse(context, run.id, { headers, frames: uiFrames(run.id) });
    },
  }),
  route({
    ...{ method: "GET", path: "/chat/{agent}/{id}/stream", tag, permission: "agents:run", handlerMs: "none" },
    summary: "Goes on with the answer that a chat waits for, from its beginning; 204 where it waits for none",
    params: z.strictObject({ agent: idSchema, id: idSchema }),
    answer,
    otherwise: { status: 204, description: "The chat waits for nothing." },
    async handler(context) {
      const { principal, params, sales, signal } = context;
      const filter = { threadId: params.id, source: `agent:${params.agent}`, status: "open" } as const;
      const { items } = await sales.streams.list(principal.tenant, filter, { limit: 1 }, { signal });
      const [stream] = items;
      if (!stream) return undefined;
      const headers = { ...UI_HEADERS, "x-run-id": stream.id };
      return followResponse(context, stream.id, { headers, frames: uiFrames(stream.id) });
    },
  }),
];

/** The text of what the user said last. What was said before is the thread's, as the server has it: no client can make it up. */
function lastWords(messages: readonly z.output<typeof messageSchema>[]): string {
  const last = messages.findLast(({ role }) => role === "user");
  const texts = last?.parts.flatMap((part) => {
    const text = part["text"];
    return part.type === "text" && typeof text === "string" ? [text] : [];
  });
  if (texts && texts.length > 0) return texts.join("\n");
  throw invalidRequest([{ path: "body.messages", message: "has no text of the user" }]);
}
