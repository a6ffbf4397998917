import { DefaultChatTransport, readUIMessageStream, type UIMessage } from "ai";
import { describe, expect, it } from "vitest";
import { openApp } from "../testing/open-app.js";
import { SseReader } from "../testing/read-sse.js";
import { salesAgents } from "../testing/sales-agents.js";
import { chatRoutes } from "./chat.js";

const user = (text: string): UIMessage => ({ id: "m1", role: "user", parts: [{ type: "text", text }] });

function setUp() {
  const app = openApp(chatRoutes, { agents: salesAgents([{ text: ["Hello, ", "Ada."] }]) });
  const transport = new DefaultChatTransport({
    api: "https://app.example.com/chat/writer",
    headers: { "x-as": "acme/user:1/member" },
    fetch: (input, init) => app.server.fetch(new Request(input, init)),
  });
  return { ...app, transport };
}

type App = ReturnType<typeof setUp>;

const send = ({ transport }: App, text = "Greet Ada") =>
  transport.sendMessages({
    ...{ trigger: "submit-message", chatId: "c1", messageId: undefined, abortSignal: undefined },
    messages: [user("before"), { ...user("no"), role: "assistant" }, user(text)],
  });

describe("a chat", () => {
  it("is answered to the AI SDK's own transport, by an agent that is told the last message", async () => {
    const app = setUp();
    const stream = await app.soon(send(app));
    const read = async () => {
      let last: UIMessage | undefined;
      for await (const message of readUIMessageStream({ stream })) last = message;
      return last;
    };
    const message = await app.soon(read());
    const { items } = await app.soon(app.sales.runs.list("acme", { threadId: "c1" }));
    expect(message).toMatchObject({
      id: items[0]?.id,
      role: "assistant",
      parts: [{ type: "step-start" }, { type: "text", text: "Hello, Ada." }],
    });
    expect((await app.soon(app.sales.runs.get("acme", items[0]?.id ?? "")))?.input).toBe("Greet Ada");
  });

  it("ends as the protocol wants it, and says which one it is", async () => {
    const app = setUp();
    const json = { id: "c1", messages: [user("hi")], trigger: "submit-message" };
    const response = await app.soon(app.ask("POST", "/chat/writer", { json }));
    expect(response.headers.get("x-vercel-ai-ui-message-stream")).toBe("v1");
    const told = await app.soon(new SseReader(response).rest());
    const types = told.map(({ data }) => (typeof data === "string" ? data : (data as { type: string }).type));
    expect(types).toEqual([
      "start",
      "start-step",
      "text-start",
      "text-delta",
      "text-end",
      "finish-step",
      "finish",
      "[DONE]",
    ]);
  });

  it("goes on from its beginning for a page that was loaded anew, and says when there is nothing to go on with", async () => {
    const app = setUp();
    const json = { id: "c2", messages: [user("hi")] };
    const first = await app.soon(app.ask("POST", "/chat/silent", { json }));
    await first.body?.cancel();
    const again = await app.soon(app.ask("GET", "/chat/silent/c2/stream"));
    expect(again.headers.get("x-run-id")).toBe(first.headers.get("x-run-id"));
    expect(await app.soon(new SseReader(again).next())).toMatchObject({
      data: { type: "start", messageId: first.headers.get("x-run-id") },
    });
    expect((await app.ask("GET", "/chat/silent/c2/stream", { as: "globex/user:1/owner" })).status).toBe(204);
    expect((await app.ask("GET", "/chat/writer/c2/stream")).status).toBe(204);
    expect(await app.transport.reconnectToStream({ chatId: "none" })).toBeNull();
  });

  it("takes an input in place of the last message", async () => {
    const app = setUp();
    const json = { id: "c1", messages: [], input: { to: "Ada" } };
    const response = await app.soon(app.ask("POST", "/chat/writer", { json }));
    const run = await app.soon(app.sales.runs.get("acme", response.headers.get("x-run-id") ?? ""));
    expect(run?.input).toEqual({ to: "Ada" });
  });

  it.each([
    [{ id: "c1", messages: [] }, "body.messages"],
    [{ id: "c1", messages: [{ role: "user", parts: [{ type: "file" }] }] }, "body.messages"],
    [{ id: "c1", messages: [{ role: "tool", parts: [] }] }, "body.messages.0.role"],
    [{ messages: [user("hi")] }, "body.id"],
  ])("refuses %j, naming the place", async (json, place) => {
    const { status, body } = await setUp().json("POST", "/chat/writer", { json });
    expect([status, body.issues[0].path]).toEqual([400, place]);
  });
});
