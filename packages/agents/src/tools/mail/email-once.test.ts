import { manualClock } from "@salesagent/conformance";
import { createEffects, EffectSlots } from "@salesagent/core/effects";
import { type AnyTool, runTool } from "@salesagent/core/tools";
import { memoryStorage } from "@salesagent/storage-memory";
import { expect, it } from "vitest";
import type { MailTransport } from "../../ports/mail-transport.js";
import { memoryMail } from "../../rehearsal/memory-mail.js";
import { emailSend } from "./email-send.js";

/** One process after the other does the same run's work, through one ledger. */
function processes() {
  const clock = manualClock();
  const storage = memoryStorage({ clock });
  const input = { to: "bo@y.test", subject: "Hello", body: "Hello Bo." };
  return (tool: AnyTool, given: object = {}) => {
    const guard = {
      effects: createEffects({ storage, clock }),
      agent: "bdr",
      runId: "run-1",
      slots: new EffectSlots("write"),
    };
    const call = {
      type: "tool-call",
      callId: "c1",
      name: "email_send",
      input: { ...input, ...given },
    } as const;
    const context = { tenant: "acme", runId: "run-1", signal: new AbortController().signal, clock };
    return runTool(new Map([["email_send", tool]]), call, context, guard);
  };
}

const tool = (transport: MailTransport) =>
  emailSend({ transport, from: "ada@x.test", mayWriteTo: ["bo@y.test"] });

it("sends a mail once, however the model words it when the work is done again", async () => {
  const mail = memoryMail();
  const send = processes();
  const first = await send(tool(mail));
  const second = await send(tool(mail), { to: "BO@Y.test", subject: "Hi", body: "In other words." });

  expect(second.output).toEqual(first.output);
  expect(mail.outbox.map(({ subject }) => subject)).toEqual(["Hello"]);
});

it("does not send again what went out before the connection broke", async () => {
  const mail = memoryMail();
  const broken: MailTransport = {
    ...mail,
    send: async (message) => {
      await mail.send(message);
      throw new Error("the connection broke");
    },
  };
  const outcome = await processes()(tool(broken));

  expect(outcome).toMatchObject({ failed: false, output: { to: "bo@y.test" } });
  expect(mail.outbox).toHaveLength(1);
});

it("leaves a mail of unknown outcome to a person where the transport can't tell", async () => {
  const { port, provider } = memoryMail();
  let attempts = 0;
  const broken: MailTransport = {
    port,
    provider,
    send: () => {
      attempts += 1;
      return Promise.reject(new Error("the connection broke"));
    },
  };
  const send = processes();
  await expect(send(tool(broken))).rejects.toMatchObject({ code: "effect.unknown" });
  await expect(send(tool(broken))).rejects.toMatchObject({ code: "effect.unknown" });
  expect(attempts).toBe(1);
});

it("writes to nobody whom the host did not name, and does not claim it either", async () => {
  const mail = memoryMail();
  const outcome = await processes()(tool(mail), { to: "eve@evil.test" });

  expect(outcome).toMatchObject({ failed: true, errorCode: "effect.refused" });
  expect(mail.outbox).toEqual([]);
});
