import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll } from "vitest";

const example = (name: string): string =>
  fileURLToPath(new URL(`../../../../examples/workflow/${name}`, import.meta.url));

/** The example's files: the workflow, and the one that it is made of. */
export const OUTREACH: readonly string[] = [example("outreach.json"), example("review.json")];
export const LEAD_FILE: string = example("lead.json");

/** Asks a person; its version is in its output. */
export const asking = (version: string) => ({
  name: "asking",
  version,
  input: { type: "object", properties: { topic: { type: "string" } }, required: ["topic"] },
  start: "ask",
  nodes: [
    { id: "ask", kind: "approval", ask: { topic: { from: "/input/topic" } } },
    { id: "yes", kind: "end", output: { version: { value: version }, by: { from: "/steps/ask/by" } } },
    { id: "no", kind: "end", output: { why: { from: "/steps/ask/reason", default: "" } } },
  ],
  edges: [
    { from: "ask", to: "yes" },
    { from: "ask", to: "no", on: "refused" },
  ],
});

/** A folder of a test file's own, for definitions that it makes. */
export function useWorkflowFiles(): { write(name: string, content: unknown): Promise<string> } {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "salesagent-workflow-"));
  });
  afterAll(() => rm(folder, { recursive: true }));
  return {
    async write(name, content) {
      const file = join(folder, name);
      await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
      return file;
    },
  };
}
