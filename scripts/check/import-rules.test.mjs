import { expect, it } from "vitest";
import { findForbidden, mayEnterRoom, mayImport } from "./import-rules.mjs";

it.each([
  ["@salesagent/provider-anthropic", "@salesagent/core"],
  ["@salesagent/provider-anthropic", "@salesagent/provider-openai-compatible"],
  ["@salesagent/storage-pg", "@salesagent/core/model"],
  ["@salesagent/core", "@salesagent/agents"],
  ["@salesagent/ports", "@salesagent/core"],
  ["@salesagent/agents", "@salesagent/storage-memory"],
  ["@salesagent/crm-close", "@salesagent/core"],
  ["@salesagent/crm-close", "@salesagent/core/crm"],
])("keeps %s from %s", (importer, specifier) => {
  expect(mayImport(importer, specifier)).toBe(false);
});

it.each([
  ["@salesagent/provider-cerebras", "@salesagent/provider-openai-compatible"],
  ["@salesagent/provider-gemini", "@salesagent/provider-kit"],
  ["@salesagent/core", "@salesagent/ports/store-rules"],
  ["@salesagent/agents", "@salesagent/core/agent"],
  ["@salesagent/crm-close", "@salesagent/core/http"],
  ["@salesagent/cli", "@salesagent/storage-pg"],
  ["@salesagent/intake", "papaparse"],
])("lets %s import %s", (importer, specifier) => {
  expect(mayImport(importer, specifier)).toBe(true);
});

it("lets a room of core import only the floors below it", () => {
  expect(mayEnterRoom("tools/run-tool.ts", "model/json.js")).toBe(true);
  expect(mayEnterRoom("tools/run-tool.ts", "tools/tool.js")).toBe(true);
  expect(mayEnterRoom("model/assemble.ts", "agent/run.js")).toBe(false);
  expect(mayEnterRoom("model/assemble.ts", "telemetry/span.js")).toBe(false);
  expect(mayEnterRoom("agent/run.ts", "unheard-of/x.js")).toBe(false);
  expect(mayEnterRoom("agent/run.ts", "index.js")).toBe(false);
  expect(mayEnterRoom("index.ts", "agent/index.js")).toBe(true);
});

it("sees type imports, re-exports and dynamic imports", () => {
  const text = `
    import type { Run } from "@salesagent/core";
    export { Run } from "@salesagent/core/agent";
    const late = () => import("@salesagent/agents");
    import { x } from "../../core/src/index.js";
    // import { y } from "@salesagent/cli";
  `;

  expect(findForbidden({ name: "@salesagent/storage-memory", file: "a.ts", text })).toEqual([
    "a.ts imports @salesagent/core, which @salesagent/storage-memory may not",
    "a.ts imports @salesagent/core/agent, which @salesagent/storage-memory may not",
    "a.ts imports @salesagent/agents, which @salesagent/storage-memory may not",
    "a.ts imports ../../core/src/index.js, outside its own package",
  ]);
});
