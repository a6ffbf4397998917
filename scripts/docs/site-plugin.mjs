/**
 * Makes a site of TypeDoc's reference: the pages of `docs/site.json` in their sections, named by their headings and found
 * where their files are, before the reference of the packages. Fails where a link of the site leads nowhere.
 */
import { readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { Comment, Converter, KindRouter, normalizePath, PageEvent, RendererEvent } from "typedoc";
import { checkSite } from "../check/links.mjs";
import { rootFolder } from "../workspace/root.mjs";
import { drawFlowchart } from "./draw-flowchart.mjs";
import { listSitePages, titleOf } from "./site-pages.mjs";

const reference = "Reference";

/** @param {import("typedoc").Application} app */
export function load(app) {
  const pages = listSitePages();
  const sectionOf = new Map(pages.map(({ path, section }) => [path, section]));

  app.renderer.defineRouter("site", SiteRouter);
  app.on("bootstrapEnd", () => {
    app.options.setValue("markdownItLoader", (parser) => {
      anchorHeadings(parser);
      drawCharts(parser);
    });
    app.options.setValue(
      "projectDocuments",
      pages.map(({ path }) => `docs/${path}`),
    );
    app.options.setValue("groupOrder", [...new Set(pages.map(({ section }) => section)), "Modules", "*"]);
  });
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, page) => {
    const path = pathOf(page);
    if (path === undefined) return;
    page.name = titleOf(readFileSync(join(rootFolder, "docs", path), "utf8"), page.name);
    page.frontmatter["group"] = sectionOf.get(path) ?? reference;
  });
  // Groups are made at -100.
  app.on("reviveProject", showSections, -200);
  app.renderer.on(PageEvent.END, unlinkSources);
  app.renderer.on(RendererEvent.END, ({ outputDirectory }) => {
    for (const problem of checkSite(outputDirectory).problems)
      app.logger.error(`A link leads nowhere: ${problem}`);
  });
}

/** @param {import("typedoc").ProjectReflection} project */
function showSections(project) {
  project.comment ??= new Comment();
  project.comment.modifierTags.add("@showGroups");
  const placeOf = (/** @type {string[]} */ ...path) => normalizePath(join(rootFolder, ...path));
  project.files.registerReflectionPath(placeOf("README.md"), project);
  for (const page of project.documents ?? []) {
    const [, example] = /^\.\.\/(examples\/[^/]+)\/README\.md$/.exec(pathOf(page) ?? "") ?? [];
    if (example) project.files.registerReflectionPath(placeOf(example), page);
  }
  for (const group of project.groups ?? []) if (group.title === "Modules") group.title = reference;
}

/**
 * Where the file of a page is, relative to `docs`.
 *
 * @param {import("typedoc").Reflection} reflection
 */
function pathOf(reflection) {
  if (!reflection.isDocument()) return undefined;
  const file = reflection.project.files.getReflectionPath(reflection);
  return file === undefined ? undefined : relative(join(rootFolder, "docs"), file).replaceAll("\\", "/");
}

/** Pages at the addresses of their files, so that a heading changes no address: `docs/guides/agents.md` is `guides/agents.html`. */
class SiteRouter extends KindRouter {
  /**
   * @override
   * @param {import("typedoc").Reflection} reflection
   */
  getIdealBaseName(reflection) {
    const path = pathOf(reflection);
    if (path === undefined) return super.getIdealBaseName(reflection);
    return path.replace("../", "project/").replace(/\.md$/, "");
  }
}

/**
 * Anchors of headings. TypeDoc leaves code out of them: `## \`salesagent runs\`` would have none. As text between tags it counts. A heading
 * that is an error's code has the code itself as an anchor too, for addresses that are made of it (`errorDocs` of the server).
 *
 * @param {any} parser Of markdown-it.
 */
function anchorHeadings(parser) {
  parser.core.ruler.push("anchors-of-headings", (/** @type {any} */ { tokens, Token }) => {
    const toHtml = (/** @type {string} */ content) =>
      Object.assign(new Token("html_inline", "", 0), { content });
    const toText = (/** @type {string} */ content) => Object.assign(new Token("text", "", 0), { content });
    for (const [index, { type, children, content }] of tokens.entries()) {
      if (type !== "inline" || tokens[index - 1]?.type !== "heading_open") continue;
      const parts = children.flatMap((/** @type {any} */ token) =>
        token.type === "code_inline" ? [toHtml("<code>"), toText(token.content), toHtml("</code>")] : [token],
      );
      const code = /^[a-z]+\.[a-z_]+$/.test(content) ? [toHtml(`<a id="${content}"></a>`)] : [];
      tokens[index].children = [...code, ...parts];
    }
  });
}

/** @param {any} parser Of markdown-it. */
function drawCharts(parser) {
  const { fence } = parser.renderer.rules;
  parser.renderer.rules.fence = (
    /** @type {any[]} */ tokens,
    /** @type {number} */ index,
    /** @type {any[]} */ ...rest
  ) => {
    const { info, content } = tokens[index];
    const chart = info.trim() === "mermaid" ? drawFlowchart(content) : undefined;
    return chart ?? fence(tokens, index, ...rest);
  };
}

/**
 * Folders of the repository, and files with odd names, are no part of the site: what links to them stays as text.
 *
 * @param {import("typedoc").PageEvent} page
 */
function unlinkSources(page) {
  if (!page.contents) return;
  const { files } = page.project;
  page.contents = page.contents.replaceAll(/<a href="([^"#:]+)">(.*?)<\/a>/gs, (link, href, text) => {
    if (/(^|\/)[^/]+\.html$|\/$/.test(href)) return link;
    const [, name] = /^(?:\.\.\/)*media\/([^/]+)$/.exec(href) ?? [];
    const file = name && files.getNameToAbsoluteMap().get(decodeURIComponent(name));
    return file && statSync(file).isFile() ? link : text;
  });
}
