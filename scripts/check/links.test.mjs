import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { checkDocuments, checkSite, listDocuments } from "./links.mjs";

/** @type {string} */
let root;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "links-"));
});
afterEach(() => rmSync(root, { recursive: true }));

/** @param {Record<string, string>} files */
function write(files) {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
}

/** @param {string} text Of the document `docs/a.md`. */
function problemsOf(text) {
  write({ "docs/a.md": text });
  return checkDocuments(root, ["docs/a.md"]).problems;
}

it("accepts files, folders, anchors of both documents, and addresses", () => {
  write({ "docs/b.md": "# Two words\n", "docs/images/c.svg": "", "packages/d/README.md": "" });

  expect(
    problemsOf(
      "# Here\n[1](b.md#two-words) [2](#here) [3](../packages/d) ![4](images/c.svg)\n[5](https://example.com/#x) [6](mailto:a@b.c)",
    ),
  ).toEqual([]);
});

it("names a file that is not there, with the line", () => {
  expect(problemsOf("\n[1](gone.md)")).toEqual(["docs/a.md:2: gone.md is not there"]);
});

it("names an anchor that is not there, in the same and in another document", () => {
  write({ "docs/b.md": "# Two words\n" });

  expect(problemsOf("[1](b.md#three) [2](#gone)")).toEqual([
    "docs/a.md:1: b.md#three names a heading that docs/b.md does not have",
    "docs/a.md:1: #gone names a heading that docs/a.md does not have",
  ]);
});

it("refuses what a clone does not have, other schemes, and paths from the root", () => {
  write({ "docs/reference/index.html": "" });

  expect(problemsOf("[1](reference/index.html)")).toHaveLength(1);
  expect(problemsOf("[1](../../outside.md)")).toHaveLength(1);
  expect(problemsOf("[1](/docs/a.md)")).toHaveLength(1);
  expect(problemsOf("[1](file:///etc/hosts)")).toHaveLength(1);
  expect(problemsOf("[1](https://nowhere)")).toHaveLength(1);
});

it("looks at the documents of the root, of docs and of packages, and at no built page", () => {
  write({
    "package.json": JSON.stringify({ workspaces: ["packages/*"] }),
    "README.md": "",
    "docs/a.md": "",
    "docs/reference/media/b.md": "",
    "packages/c/package.json": JSON.stringify({ name: "c" }),
    "packages/c/README.md": "",
  });

  expect(listDocuments(root)).toEqual(["README.md", "docs/a.md", "packages/c/README.md"]);
});

it("follows the links and anchors of a site from page to page", () => {
  write({
    "index.html":
      '<a href="guides/a.html#x">a</a><a href="https://example.com">b</a><script src="assets/main.js"></script>',
    "guides/a.html":
      '<h2 id="x">x</h2><a href="../index.html">up</a><a href="#gone">c</a><a href="b.html">d</a>',
    "assets/main.js": "",
    "media/copied.html": '<a href="not-a-page.html">e</a>',
  });

  expect(checkSite(root)).toEqual({
    pages: 2,
    problems: [
      "guides/a.html: #gone names an anchor that is not there",
      "guides/a.html: b.html is not there",
    ],
  });
});
