import { expect, it } from "vitest";
import { requireNode } from "./node-version.mjs";

it.each(["20.19.0", "20.20.2", "22.0.0", "24.1.0"])("accepts Node.js %s", (version) => {
  expect(() => requireNode(version)).not.toThrow();
});

it.each(["18.20.4", "20.18.3", "16.0.0"])("refuses Node.js %s and says what is needed", (version) => {
  expect(() => requireNode(version)).toThrow(/20\.19 or newer is needed; this is /);
});
