import { expect, it } from "vitest";
import { arrangePages, listSitePages, titleOf } from "./site-pages.mjs";

const files = [
  "start.md",
  "guides/agents.md",
  "guides/budgets.md",
  "guides/deep/inner.md",
  "../CONTRIBUTING.md",
];

it("puts pages into their sections, and those that nobody named where the pattern is", () => {
  const sections = [
    { title: "Start", pages: ["start.md"] },
    { title: "Agents", pages: ["guides/agents.md"] },
    { title: "More", pages: ["../CONTRIBUTING.md", "guides/*.md"] },
  ];

  expect(arrangePages(sections, files)).toEqual([
    { section: "Start", path: "start.md" },
    { section: "Agents", path: "guides/agents.md" },
    { section: "More", path: "../CONTRIBUTING.md" },
    { section: "More", path: "guides/budgets.md" },
  ]);
});

it("refuses a page that is not there, and one that is named twice", () => {
  expect(() => arrangePages([{ title: "Start", pages: ["gone.md"] }], files)).toThrow("gone.md");
  expect(() => arrangePages([{ title: "Start", pages: ["start.md", "start.md"] }], files)).toThrow("twice");
});

it("calls a page by its first heading", () => {
  expect(titleOf("intro\n\n# Start in 5 minutes\n\n# Other\n", "start")).toBe("Start in 5 minutes");
  expect(titleOf("no heading", "start")).toBe("start");
});

it("has every guide, concept and recipe of this repository", () => {
  const paths = listSitePages().map(({ path }) => path);

  expect(paths).toContain("guides/agents.md");
  expect(paths).toContain("concepts/runs.md");
  expect(paths).toContain("recipes/approve-before-sending.md");
  expect(new Set(paths).size).toBe(paths.length);
});
