import { expect, it } from "vitest";
import { findFences } from "./fences.mjs";

it("finds TypeScript blocks with the line of their first code", () => {
  const markdown = "# Title\n\n```ts\nconst a = 1;\n```\n\ntext\n```typescript\nconst b = 2;\n```\n";

  expect(findFences(markdown)).toEqual([
    { code: "const a = 1;\n", line: 4, runs: true },
    { code: "const b = 2;\n", line: 9, runs: true },
  ]);
});

it("only compiles a block that says so", () => {
  expect(findFences("```ts no-run\nstart();\n```")).toEqual([{ code: "start();\n", line: 2, runs: false }]);
});

it("passes over other languages, and over fences quoted inside a longer fence", () => {
  expect(findFences("```sh\nnpm start\n```\n````md\n```ts\nquoted();\n```\n````\n")).toEqual([]);
});

it("leaves a block out that is never closed", () => {
  expect(findFences("```ts\nconst a = 1;\n")).toEqual([]);
});

it("reads Windows line ends", () => {
  expect(findFences("```ts\r\nconst a = 1;\r\n```\r\n")).toEqual([
    { code: "const a = 1;\n", line: 2, runs: true },
  ]);
});
