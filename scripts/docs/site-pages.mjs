/** The pages of the site and their order, as `docs/site.json` has them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { rootFolder } from "../workspace/root.mjs";

/**
 * @typedef {object} Section
 * @property {string} title
 * @property {readonly string[]} pages Relative to `docs`. `guides/*.md` are those of the folder that no other section names.
 */

/**
 * @typedef {object} SitePage
 * @property {string} section The title of its section.
 * @property {string} path Relative to `docs`: `guides/agents.md`, `../CONTRIBUTING.md`.
 */

/**
 * Every page in the order of the navigation.
 *
 * @param {readonly Section[]} sections
 * @param {readonly string[]} files All Markdown files, relative to `docs`.
 * @returns {SitePage[]}
 * @throws Error naming a page that is not there, or that two sections name.
 */
export function arrangePages(sections, files) {
  const named = sections.flatMap(({ pages }) => pages.filter((page) => !page.includes("*")));
  const missing = named.filter((page) => !files.includes(page));
  if (missing.length > 0) throw new Error(`docs/site.json names ${missing.join(", ")}, which is not there.`);
  const twice = named.filter((page, index) => named.indexOf(page) !== index);
  if (twice.length > 0) throw new Error(`docs/site.json names ${twice.join(", ")} twice.`);
  return sections.flatMap(({ title, pages }) =>
    pages
      .flatMap((page) => (page.includes("*") ? restOf(page, files, named) : [page]))
      .map((path) => ({ section: title, path })),
  );
}

/**
 * @param {string} pattern `guides/*.md`
 * @param {readonly string[]} files
 * @param {readonly string[]} named
 */
function restOf(pattern, files, named) {
  const [before = "", after = ""] = pattern.split("*", 2);
  return files
    .filter((file) => file.startsWith(before) && file.endsWith(after) && !named.includes(file))
    .filter((file) => !file.slice(before.length, -after.length).includes("/"))
    .sort();
}

/** The pages of this repository. */
export function listSitePages() {
  const docs = join(rootFolder, "docs");
  const inside = readdirSync(docs, { recursive: true, encoding: "utf8" }).map((file) =>
    file.replaceAll("\\", "/"),
  );
  const beside = readdirSync(rootFolder).map((file) => `../${file}`);
  const examples = readdirSync(join(rootFolder, "examples")).map((name) => `../examples/${name}/README.md`);
  const files = [...inside, ...beside, ...examples].filter(
    (file) => file.endsWith(".md") && existsSync(join(docs, file)),
  );
  return arrangePages(JSON.parse(readFileSync(join(docs, "site.json"), "utf8")), files);
}

/**
 * What a page is called: its first heading.
 *
 * @param {string} markdown
 * @param {string} otherwise
 */
export function titleOf(markdown, otherwise) {
  return /^# +(.+?) *$/m.exec(markdown)?.[1] ?? otherwise;
}
