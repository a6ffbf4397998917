/**
 * What it costs a host's type checker to use us: 20 tools with zod inputs and one agent with a zod output, checked against
 * the built declarations of `@salesagent/core`, in type instantiations. Beside it the same schemas alone, each used once: the
 * least that any library over zod can cost. Neither depends on the machine; a new TypeScript or zod moves both.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { runCheck } from "../workspace/check-report.mjs";
import { hostCompilerOptions } from "../workspace/host-compiler-options.mjs";
import { rootFolder } from "../workspace/root.mjs";

const ceilingFile = fileURLToPath(new URL("./type-cost.json", import.meta.url));
/** Inside the repository, so that packages resolve as in any app. */
const workFolder = join(rootFolder, ".cache", "type-cost");
const toolCount = 20;

/** Kinds of fields, taken in turn. */
const fieldKinds = [
  "z.string()",
  "z.number().int().min(0)",
  'z.enum(["new", "open", "closed"])',
  "z.array(z.string())",
  "z.boolean().optional()",
  'z.object({ city: z.string(), country: z.string().optional() }).describe("where")',
];

/**
 * One tool's input: three to five fields, no two tools alike.
 *
 * @param {number} tool From 0.
 */
function inputSchema(tool) {
  const fields = Array.from({ length: 3 + (tool % 3) }, (_, field) => {
    const kind = fieldKinds[(tool + field) % fieldKinds.length];
    return `  field${tool}_${field}: ${kind},\n`;
  });
  return `z.object({\n${fields.join("")}})`;
}

/** @param {(tool: number) => string} write */
const forEachTool = (write) => Array.from({ length: toolCount }, (_, tool) => write(tool)).join("\n");

const outputSchema = `const answer = z.object({
  subject: z.string(),
  body: z.string(),
  confidence: z.number(),
  reasons: z.array(z.string()),
});`;

/** The schemas alone, each used once to validate: what an app with zod and without us pays. */
export const schemasAlone = `import { z } from "zod";
${forEachTool(
  (tool) => `const input${tool} = ${inputSchema(tool)};
export const first${tool} = input${tool}.parse({}).field${tool}_0;`,
)}
${outputSchema}
export const { confidence, reasons } = answer.parse({});
`;

/** The same schemas in tools and an agent; each tool and the answer are used by their inferred types. */
export const toolsAndAgent = `import { defineAgent, defineTool, type LanguageModel } from "@salesagent/core";
import { z } from "zod";
${forEachTool(
  (tool) => `const tool${tool} = defineTool({
  name: "tool${tool}",
  description: "Tool ${tool}.",
  input: ${inputSchema(tool)},
  effect: "read",
  run: (input, { signal }) => ({ first: input.field${tool}_0, last: input.field${tool}_2, aborted: signal.aborted }),
});`,
)}
${outputSchema}
declare const model: LanguageModel;
const agent = defineAgent({
  name: "writer",
  instructions: "Write.",
  model,
  tools: [${Array.from({ length: toolCount }, (_, tool) => `tool${tool}`).join(", ")}],
  output: answer,
});
const run = agent.run("Figma", { tenant: "acme" });
for await (const event of run) if (event.type === "run-completed") event.output.subject satisfies string;
export const { confidence, reasons } = await run.output();
`;

/**
 * Checks one file as a host would, against what is built.
 *
 * @param {string} name
 * @param {string} code
 */
function check(name, code) {
  const file = join(workFolder, `${name}.mts`);
  writeFileSync(file, code);
  const program = ts.createProgram({
    rootNames: [file],
    options: hostCompilerOptions,
  });
  const errors = ts.getPreEmitDiagnostics(program).map(({ messageText, file: source, start = 0 }) => {
    const line = source ? source.getLineAndCharacterOfPosition(start).line + 1 : 0;
    return `${name}:${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
  return { errors, instantiations: program.getInstantiationCount() };
}

/**
 * @param {number} instantiations
 * @param {number} ceiling
 * @returns {string[]}
 */
export function findTooDear(instantiations, ceiling) {
  if (instantiations <= ceiling) return [];
  return [
    `${toolCount} tools and an agent take ${instantiations} instantiations, over the ceiling of ${ceiling}`,
  ];
}

await runCheck(import.meta.url, "type-cost", () => {
  const { ceiling } = JSON.parse(readFileSync(ceilingFile, "utf8"));
  rmSync(workFolder, { recursive: true, force: true });
  mkdirSync(workFolder, { recursive: true });
  const alone = check("schemas-alone", schemasAlone);
  const whole = check("tools-and-agent", toolsAndAgent);
  return {
    problems: [...alone.errors, ...whole.errors, ...findTooDear(whole.instantiations, ceiling)],
    summary: `${whole.instantiations} instantiations for ${toolCount} tools and an agent, ${alone.instantiations} of them for zod alone`,
    details: { toolsAndAgent: whole.instantiations, schemasAlone: alone.instantiations, ceiling },
  };
});
