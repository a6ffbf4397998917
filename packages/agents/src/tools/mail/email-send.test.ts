import { describe, expect, it } from "vitest";
import { memoryMail } from "../../rehearsal/memory-mail.js";
import { callTool, IDEMPOTENCY_KEY } from "../../testing/call-tool.js";
import { type ActContext, checkedGate } from "../../testing/effect-context.js";
import { type EmailSendOptions, emailSend } from "./email-send.js";

const input = { to: " Bo@Y.test ", subject: "Hello", body: "Hello Bo." };

const tool = (options: Partial<EmailSendOptions> = {}) =>
  emailSend({ transport: memoryMail(), from: "Ada <ada@x.test>", mayWriteTo: ["bo@y.test"], ...options });

describe("email_send", () => {
  it("sends a mail under an id that is the same on every attempt", async () => {
    const transport = memoryMail();
    const outcome = await callTool(
      tool({ transport, headers: { "List-Unsubscribe": "<https://x.test/u>" } }),
      input,
    );

    const messageId = `<${IDEMPOTENCY_KEY}@x.test>`;
    expect(outcome.output).toEqual({ messageId, to: "bo@y.test" });
    expect(transport.outbox).toMatchObject([
      {
        from: "Ada <ada@x.test>",
        to: "bo@y.test",
        messageId,
        headers: { "List-Unsubscribe": "<https://x.test/u>" },
      },
    ]);
  });

  it("is a tool that writes, to an address in its normal form", () => {
    const { effect, rules } = tool();
    expect(effect).toBe("write");
    expect(rules?.target({ to: "bo@y.test" } as never)).toBe("bo@y.test");
  });

  it.each<[string, EmailSendOptions["mayWriteTo"], boolean]>([
    ["a list with the address", ["BO@y.test"], true],
    ["a list without it", ["eve@y.test"], false],
    ["a function that allows it", (address) => address.endsWith("@y.test"), true],
    ["a function that does not", async () => false, false],
    ["anyone", "anyone", true],
  ])("asks who may be written to: %s", async (_, mayWriteTo, allowed) => {
    expect(await checkedGate(tool({ mayWriteTo }), "recipient", "bo@y.test")).toMatchObject({ allowed });
  });

  it.each([
    [{ ...input, to: "bo@y.test, eve@y.test" }],
    [{ ...input, to: "Bo <bo@y.test>" }],
    [{ ...input, subject: "Hi\r\nBcc: eve@y.test" }],
    [{ ...input, inReplyTo: "<a@b>\r\nBcc: eve@y.test" }],
    [{ ...input, body: " " }],
  ])("does not send %j", async (wrong) => {
    const transport = memoryMail();
    expect(await callTool(tool({ transport }), wrong)).toMatchObject({ errorCode: "tool.input_invalid" });
    expect(transport.outbox).toEqual([]);
  });

  it("finds out whether a mail went out, where the transport can tell", async () => {
    const transport = memoryMail();
    const { rules } = tool({ transport });
    const context: Pick<ActContext, "idempotencyKey"> = { idempotencyKey: IDEMPOTENCY_KEY };
    const lookUp = () => rules?.lookup?.({ to: "bo@y.test" } as never, {} as never, context as never);

    expect(await lookUp()).toEqual({ happened: false });
    await callTool(tool({ transport }), input);
    expect(await lookUp()).toMatchObject({ happened: true, result: { to: "bo@y.test" } });
  });

  it("has no lookup where the transport can't tell", () => {
    const { port, provider, send } = memoryMail();
    expect(tool({ transport: { port, provider, send } }).rules?.lookup).toBeUndefined();
  });

  it("leaves it open where the transport does not know", async () => {
    const { rules } = tool({ transport: { ...memoryMail(), wasSent: async () => undefined } });
    expect(await rules?.lookup?.({} as never, {} as never, {} as never)).toEqual({ unknown: true });
  });

  it.each([
    [{ from: "Ada" }, /email_send\.from/],
    [{ replyTo: "nobody" }, /email_send\.replyTo/],
  ])("refuses the options %j", (options, message) => {
    expect(() => tool(options)).toThrow(message);
  });
});
