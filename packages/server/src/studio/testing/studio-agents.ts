import { defineAgent } from "@salesagent/core/agent";
import { createEffects } from "@salesagent/core/effects";
import { scriptedModel } from "@salesagent/core/scripted-model";
import { defineTool } from "@salesagent/core/tools";
import type { Storage } from "@salesagent/ports";
import { z } from "zod";

/** What a text is made of. */
export type Text = (plain: string) => string;

/** Says a part, and the rest when it is let. */
export function writer(storage: Storage, text: Text, held: Promise<void>) {
  const look = defineTool({
    name: "look_up",
    description: "Looks a company up.",
    effect: "read",
    input: z.object({ company: z.string() }),
    run: ({ company }) => ({ company, note: text("grows fast") }),
  });
  const model = scriptedModel((_, index) =>
    index % 2 === 0
      ? {
          text: text("Looking at the company. "),
          toolCalls: [{ name: "look_up", input: { company: text("Figma") } }],
          costUsd: 0.0021,
        }
      : { text: [text("Dear Ada, "), "we saw that you grow."], until: held, costUsd: 0.0034 },
  );
  return defineAgent({ name: "writer", instructions: "Write.", model, tools: [look], storage });
}

/** Asks before it mails. */
export function mailer(storage: Storage, text: Text, mails: string[]) {
  const mail = defineTool({
    name: "send_email",
    description: "Sends a mail.",
    effect: "write",
    approval: true,
    input: z.object({ to: z.string(), subject: z.string(), body: z.string() }),
    target: ({ to }) => to,
    run: ({ to, body }) => ({ sent: mails.push(`${to}: ${body}`) }),
  });
  const input = {
    to: text("ada@figma.example"),
    subject: text("Your growth"),
    body: text("Dear Ada, shall we talk?"),
  };
  const model = scriptedModel(({ messages }) =>
    messages.some(({ role }) => role === "tool")
      ? { text: text("It is sent.") }
      : { toolCalls: [{ name: "send_email", input }] },
  );
  const effects = createEffects({ storage });
  return defineAgent({ name: "outreach", instructions: "Write.", model, effects, tools: [mail], storage });
}

export function failing(storage: Storage, text: Text) {
  const model = scriptedModel(() => ({ error: new Error(text("no line")) }));
  return defineAgent({ name: "researcher", instructions: "Find.", model, storage });
}
