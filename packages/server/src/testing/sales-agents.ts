import type { ManualClock } from "@salesagent/conformance";
import { defineAgent, defineTool } from "@salesagent/core";
import { createEffects } from "@salesagent/core/effects";
import type { LiveAgent } from "@salesagent/core/live";
import { type ScriptedReply, scriptedModel } from "@salesagent/core/scripted-model";
import type { Storage } from "@salesagent/ports";
import { z } from "zod";

/** An agent that writes what its model says; one whose answer never comes; and one that asks before it mails. */
export function salesAgents(script: readonly ScriptedReply[], sent: string[] = []) {
  return (storage: Storage, clock: ManualClock): readonly LiveAgent[] => {
    const shared = { storage, clock, instructions: "Write." };
    const mail = defineTool({
      name: "mail",
      description: "Sends a mail.",
      input: z.object({ to: z.string() }),
      effect: "write",
      target: ({ to }) => to,
      approval: true,
      run: ({ to }) => ({ n: sent.push(to) }),
    });
    const effects = createEffects({ storage, clock });
    const calls: readonly ScriptedReply[] = [
      { toolCalls: [{ name: "mail", input: { to: "ada@figma.com" } }] },
      { text: "Sent." },
    ];
    return [
      defineAgent({ ...shared, name: "writer", model: scriptedModel(script) }),
      defineAgent({ ...shared, name: "mailer", model: scriptedModel(calls), tools: [mail], effects }),
      { name: "silent", run: (_, options) => hung(options.signal) },
    ];
  };
}

function hung(signal: AbortSignal | undefined): ReturnType<LiveAgent["run"]> {
  const ended = new Promise<never>((_, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason));
  });
  ended.catch(() => {});
  const run = {
    id: "silent-run",
    output: () => ended,
    result: () => ended,
    abort: () => {},
    settled: async () => {},
    async *[Symbol.asyncIterator]() {
      yield { type: "run-started" };
      await ended;
    },
  };
  return run as unknown as ReturnType<LiveAgent["run"]>;
}
