import { readFileSync } from "node:fs";
import { createSalesAgent } from "@salesagent/core/app";
import { createServer } from "@salesagent/server";
import { memoryStorage } from "@salesagent/storage-memory";
import ts from "typescript";
import { expect, it } from "vitest";

/** Answers of the server by their names in its OpenAPI document, and what the client calls them. */
const answers = {
  Lead: "Lead",
  Result: "LeadResult",
  LeadWithResults: "LeadWithResults",
  Qualified: "Qualified",
  Import: "ImportOutcome",
  Agent: "AgentDescription",
  Stream: "LiveStream",
  RunSummary: "RunSummary",
  Run: "LiveRun",
  RunResult: "RunResult",
  Trace: "RunTrace",
  Approval: "Approval",
  SyncRun: "SyncRun",
  SyncConnection: "ConnectionStatus",
  SyncMetrics: "SyncMetrics",
  PlannedWrite: "PlannedWrite",
  Dependency: "DependencyHealth",
  Conflict: "SyncConflict",
  DeadLetter: "DeadLetter",
};

interface Schema {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
}

const { schemas } = (
  createServer({
    sales: createSalesAgent({ storage: memoryStorage() }),
    authorize: () => undefined,
  }).openapi() as unknown as { readonly components: { readonly schemas: Readonly<Record<string, Schema>> } }
).components;
const interfaces = new Map(
  ["lead", "run", "sync"].flatMap((group) => {
    const text = readFileSync(new URL(`./${group}-answers.ts`, import.meta.url), "utf8");
    const { statements } = ts.createSourceFile("answers.ts", text, ts.ScriptTarget.Latest);
    return statements
      .filter(ts.isInterfaceDeclaration)
      .map((statement) => [statement.name.text, statement] as const);
  }),
);

/** The fields of an interface, and whether each is always there; those that it extends too. */
function fieldsOf(name: string): Record<string, boolean> {
  const statement = interfaces.get(name);
  if (!statement) throw new Error(`no answers have an interface ${name}`);
  const parents = statement.heritageClauses?.flatMap(({ types }) => types) ?? [];
  const own = statement.members.filter(ts.isPropertySignature).map((member) => {
    return [(member.name as ts.Identifier).text, member.questionToken === undefined];
  });
  const inherited = parents.map(({ expression }) => fieldsOf((expression as ts.Identifier).text));
  return Object.assign({}, ...inherited, Object.fromEntries(own));
}

it.each(Object.entries(answers))("knows the server's %s as it is", (theirs, ours) => {
  const schema = schemas[theirs];
  for (const [field, isAlwaysThere] of Object.entries(fieldsOf(ours))) {
    expect(Object.keys(schema?.properties ?? {})).toContain(field);
    if (isAlwaysThere) expect(schema?.required).toContain(field);
  }
});
