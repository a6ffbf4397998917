import { expect, it } from "vitest";
import { show } from "./show.mjs";

it("runs every kind of node, fails, goes on from the step that failed, and is cancelled", async () => {
  const lines: string[] = [];
  const { failed, completed, cancelled, output, mails, messages, lookups } = await show((line: string) => {
    lines.push(line);
  });
  expect(failed).toMatchObject({ status: "failed", open: ["tell"], error: { code: "graph.node_failed" } });
  expect(completed?.status).toBe("completed");
  const kinds = new Set(completed?.steps.map(({ kind }) => kind));
  expect([...kinds].sort()).toEqual(
    ["agent", "approval", "decision", "end", "parallel", "tool", "wait", "workflow"].sort(),
  );
  expect(completed?.steps.slice(0, failed?.steps.length)).toEqual(failed?.steps);
  expect(output).toMatchObject({ outcome: "answered", reply: { text: "Gladly, Tuesday at nine." } });
  expect(mails).toMatchObject([{ to: "bo@works.example", subject: "Ten minutes on Tuesday?" }]);
  expect(messages).toMatchObject([{ channel: "C0123456789", text: expect.stringContaining("user:42") }]);
  expect(lookups).toBe(2);
  expect(cancelled).toMatchObject({ status: "cancelled", stop: { by: "user:42", reason: "they called us" } });
  expect(lines.join("\n")).toContain("failed in tell: ");
});
