import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { allRoutes } from "./routes/index.js";

it("is told in the guide route by route, with what each needs", () => {
  const guide = readFileSync(new URL("../../../docs/guides/server.md", import.meta.url), "utf8");
  const told = guide.split("\n").filter((line) => /^\| `[A-Z]+ \//.test(line));
  const rows = allRoutes().map(({ method, path, permission, summary }) => {
    const needs = permission === "public" ? "anybody" : `\`${permission}\``;
    return `| \`${method} ${path}\` | ${needs} | ${summary} |`;
  });
  expect(told).toEqual(rows);
});
