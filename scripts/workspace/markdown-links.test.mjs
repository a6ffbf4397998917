import { expect, it } from "vitest";
import { findMarkdownAnchors, findMarkdownLinks, readHtml } from "./markdown-links.mjs";

const targetsOf = (/** @type {string} */ markdown) => findMarkdownLinks(markdown).map(({ target }) => target);

it("finds links, images, references and HTML, with their lines", () => {
  const markdown =
    '[a](a.md#x "A")\n![b](b.svg) and [![c](c.svg)](c.md)\n\n[d]: d.md\n<img src="e.png"> <a href="f.md">f</a>\n';

  expect(findMarkdownLinks(markdown)).toEqual([
    { target: "a.md#x", line: 1 },
    { target: "b.svg", line: 2 },
    { target: "c.svg", line: 2 },
    { target: "c.md", line: 2 },
    { target: "d.md", line: 4 },
    { target: "e.png", line: 5 },
    { target: "f.md", line: 5 },
  ]);
});

it("finds no link in code", () => {
  expect(
    targetsOf("`[a](a.md)` and ``b `[c](c.md)` ``\n```ts\nconst x = y[0](z);\n[d](d.md)\n```\n[e](e.md)"),
  ).toEqual(["e.md"]);
});

it("takes brackets in addresses for a part of them", () => {
  expect(targetsOf("[a](https://en.example.org/wiki/A_(b)) [c](d.md)")).toEqual([
    "https://en.example.org/wiki/A_(b)",
    "d.md",
  ]);
});

it("names headings as GitHub does", () => {
  const markdown =
    "# Whole or error\n## `budget.exceeded`\n### A [link](x.md), and *more*!\n## Twice\n## Twice\n```\n# no heading\n```\n";

  expect([...findMarkdownAnchors(markdown)]).toEqual([
    "whole-or-error",
    "budgetexceeded",
    "a-link-and-more",
    "twice",
    "twice-1",
  ]);
});

it("reads what a page links to, and its anchors, and no text that looks alike", () => {
  const html =
    '<a class="x" href="a.html?b&amp;c#d">href="no.html"</a><h2 id="e&#39;s">x</h2><img src="f.svg">';
  const { targets, anchors } = readHtml(html);

  expect([...targets]).toEqual(["a.html?b&c#d", "f.svg"]);
  expect([...anchors]).toEqual(["e's"]);
});
