import { describe, expect, it } from "vitest";
import { type SmtpReplies, smtpServer } from "../testing/smtp-server.js";
import { type SmtpOptions, smtp } from "./smtp.js";

const PASSWORD = "planted-0123456789";
const mail = {
  from: "Ada <ada@x.test>",
  to: "bo@y.test",
  subject: "Grüße",
  text: "Hello Bo.\n.\nAda",
  messageId: "<key-1@x.test>",
  inReplyTo: "<before@y.test>",
  headers: { "List-Unsubscribe": "<https://x.test/u>" },
};

const plain = (port: number, options: Partial<SmtpOptions> = {}) =>
  smtp({ host: "127.0.0.1", port, tls: "never", ...options });

async function failWith(replies: SmtpReplies, options: Partial<SmtpOptions> = {}) {
  await using server = await smtpServer(replies);
  return await plain(server.port, options)
    .send(mail)
    .then(
      () => undefined,
      (error: unknown) => error,
    );
}

describe("smtp", () => {
  it("sends a mail with its own id, to one address", async () => {
    await using server = await smtpServer();
    await plain(server.port, { user: "ada", password: () => PASSWORD }).send(mail);

    expect(server.commands).toContain("RCPT TO:<bo@y.test>");
    expect(server.commands.some((command) => command.startsWith("AUTH PLAIN"))).toBe(true);
    expect(server.mails).toHaveLength(1);
    expect(server.mails[0]).toMatch(/^Message-ID: <key-1@x\.test>$/m);
    expect(server.mails[0]).toMatch(/^In-Reply-To: <before@y\.test>$/m);
    expect(server.mails[0]).toMatch(/^List-Unsubscribe: <https:\/\/x\.test\/u>$/m);
    await server.idle();
  });

  it.each<[string, SmtpReplies, Partial<SmtpOptions>, object]>([
    [
      "a wrong password",
      { AUTH: "535 no" },
      { user: "ada", password: PASSWORD },
      { code: "service.auth", replay: "safe" },
    ],
    [
      "a recipient that is not there",
      { RCPT: "550 nobody" },
      {},
      { code: "service.refused", replay: "safe", facts: { status: 550 } },
    ],
    ["a server that is busy", { MAIL: "451 later" }, {}, { code: "service.rate_limited", replay: "safe" }],
    [
      "a mail that is refused when it was read",
      { ".": "554 spam" },
      {},
      { code: "service.refused", replay: "safe" },
    ],
    [
      "a connection that breaks once the mail is out",
      { ".": "drop" },
      {},
      { code: "service.unavailable", replay: "unsafe" },
    ],
    ["no TLS where it is required", {}, { tls: "required" }, { code: "service.refused", replay: "safe" }],
  ])("tells what %s means", async (_, replies, options, expected) => {
    const error = await failWith(replies, options);
    expect(error).toMatchObject(expected);
    expect(JSON.stringify(error) + String(error)).not.toContain(PASSWORD);
  });

  it("says that nobody listens, and that nothing was sent", async () => {
    const server = await smtpServer();
    await server[Symbol.asyncDispose]();
    await expect(plain(server.port).send(mail)).rejects.toMatchObject({
      code: "service.unavailable",
      replay: "safe",
    });
  });

  it("rejects with the caller's own reason and closes the connection", async () => {
    await using server = await smtpServer({ MAIL: "hang" });
    const caller = new AbortController();
    const seen = server.saw("MAIL");
    const pending = plain(server.port).send(mail, { signal: caller.signal });
    await seen;
    const reason = new Error("left");
    caller.abort(reason);

    await expect(pending).rejects.toBe(reason);
    await server.idle();
    expect(server.mails).toEqual([]);
  });

  it.each([
    [{ host: " " }, /smtp\.host/],
    [{ host: "x", port: 0 }, /smtp\.port/],
    [{ host: "x", silenceMs: 0 }, /smtp\.silenceMs/],
  ])("refuses %j", (options, message) => {
    expect(() => smtp(options)).toThrow(message);
  });
});
