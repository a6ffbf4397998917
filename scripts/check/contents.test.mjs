import { expect, it } from "vitest";
import { findRefused } from "./contents.mjs";

it.each([
  ["@salesagent/ports", "eventemitter3", false],
  ["@salesagent/ports/store-rules", "node:crypto", false],
  ["@salesagent/core/model", "node:events", false],
  ["@salesagent/core/agent", "fs/promises", false],
  ["@salesagent/core", "zod", true],
  ["@salesagent/core/model", "openai", true],
  ["@salesagent/intake", "node:fs", false],
  ["@salesagent/storage-memory", "node:crypto", false],
  ["@salesagent/provider-kit", "zod", false],
  ["@salesagent/provider-openai", "openai", false],
  ["@salesagent/provider-anthropic", "@anthropic-ai/sdk", false],
  ["@salesagent/storage-pg", "pg", false],
  ["@salesagent/agents/tools", "node:dns", false],
  ["@salesagent/agents/node", "nodemailer", false],
])("refuses %s to load %s", (entry, path, dynamic) => {
  expect(findRefused(entry, [{ path, dynamic }])).toHaveLength(1);
});

it.each([
  ["@salesagent/core", "eventemitter3", false],
  ["@salesagent/provider-openai", "openai", true],
  ["@salesagent/intake/file", "node:fs", false],
  ["@salesagent/agents", "zod", false],
  ["@salesagent/agents/tools", "zod", false],
  ["@salesagent/agents/node", "node:dns", false],
  ["@salesagent/agents/node", "nodemailer", true],
  ["@salesagent/cli", "pg", false],
])("lets %s load %s", (entry, path, dynamic) => {
  expect(findRefused(entry, [{ path, dynamic }])).toEqual([]);
});
