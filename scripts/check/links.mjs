/**
 * Every link, image and anchor of the documents leads somewhere: in README.md and its neighbours, `docs/`, the READMEs of packages
 * and examples, and in the site that `npm run docs` built, when it is there. Addresses of the web are checked for their form only.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { runCheck } from "../workspace/check-report.mjs";
import { findMarkdownAnchors, findMarkdownLinks, readHtml } from "../workspace/markdown-links.mjs";
import { listPackages } from "../workspace/packages.mjs";
import { rootFolder } from "../workspace/root.mjs";

const site = "docs/reference";
/** What a clean clone does not have. */
const notKept = /^(docs\/reference|node_modules|\.cache|coverage)(\/|$)|(^|\/)(dist|node_modules)(\/|$)/;

/**
 * @param {string} root
 * @returns {string[]} Relative to it.
 */
export function listDocuments(root) {
  const beside = readdirSync(root).filter((file) => file.endsWith(".md"));
  const readmes = listPackages(root).map(({ folder }) => `${folder}/README.md`);
  const pages = listFiles(root, "docs", ".md").filter((file) => !file.startsWith(`${site}/`));
  return [...beside, ...readmes.filter((file) => existsSync(join(root, file))), ...pages].sort();
}

/**
 * @param {string} root
 * @param {string} folder
 * @param {string} suffix
 */
function listFiles(root, folder, suffix) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(suffix))
    .map((file) => `${folder}/${file.replaceAll("\\", "/")}`);
}

/**
 * What is wrong with the links of documents.
 *
 * @param {string} root
 * @param {readonly string[]} documents Relative to it.
 * @returns {{ problems: string[], links: number }}
 */
export function checkDocuments(root, documents) {
  const anchorsOf = remember((/** @type {string} */ file) => findMarkdownAnchors(readFileSync(file, "utf8")));
  let links = 0;
  const problems = documents.flatMap((document) =>
    findMarkdownLinks(readFileSync(join(root, document), "utf8")).flatMap(({ target, line }) => {
      links += 1;
      const problem = findProblem(root, document, target, anchorsOf);
      return problem === undefined ? [] : [`${document}:${line}: ${target} ${problem}`];
    }),
  );
  return { problems, links };
}

/**
 * @param {string} root
 * @param {string} document
 * @param {string} target
 * @param {(file: string) => Set<string>} anchorsOf
 * @returns {string | undefined}
 */
function findProblem(root, document, target, anchorsOf) {
  if (target === "") return "(a link without a target)";
  if (/^[a-z][a-z+.-]*:/i.test(target)) return findWrongForm(target);
  if (target.startsWith("/"))
    return "is a path of the machine or of a host; write it relative to the document";
  const [path = "", anchor] = splitAnchor(target);
  const file = path === "" ? join(root, document) : resolve(root, dirname(document), path);
  const inside = relative(root, file).replaceAll("\\", "/");
  if (inside.startsWith("..")) return "leads out of the repository";
  if (notKept.test(inside)) return "leads to what is built, which a clone does not have";
  if (!existsSync(file)) return "is not there";
  if (anchor === undefined || !file.endsWith(".md") || statSync(file).isDirectory()) return undefined;
  return anchorsOf(file).has(anchor) ? undefined : `names a heading that ${inside} does not have`;
}

/**
 * @param {string} target An address with a scheme.
 * @returns {string | undefined}
 */
function findWrongForm(target) {
  if (/^mailto:[^@\s]+@[^@\s]+$/.test(target)) return undefined;
  if (!/^https?:\/\//.test(target)) return "is neither https, http nor mailto";
  if (!URL.canParse(target)) return "is no address";
  const { hostname } = new URL(target);
  return /\.|^localhost$/.test(hostname) ? undefined : "has no host";
}

/**
 * @param {string} target
 * @returns {[path: string, anchor?: string]}
 */
function splitAnchor(target) {
  const [withQuery = "", anchor] = target.split("#", 2);
  const path = decodeURIComponent(withQuery.split("?", 1)[0] ?? "");
  return anchor === undefined || anchor === "" ? [path] : [path, decodeURIComponent(anchor)];
}

/**
 * What is wrong with the links of a built site.
 *
 * @param {string} folder
 * @returns {{ problems: string[], pages: number }}
 */
export function checkSite(folder) {
  const pages = new Map(
    listFiles(folder, ".", ".html")
      .filter((file) => !file.startsWith("./media/")) // copies of files that pages name
      .map((file) => [file.slice(2), readHtml(readFileSync(join(folder, file), "utf8"))]),
  );
  const isThere = remember((/** @type {string} */ file) => existsSync(join(folder, file)));
  /** @type {Set<string>} */
  const problems = new Set();
  for (const [page, { targets }] of pages) {
    for (const target of targets) {
      if (target === "" || /^[a-z][a-z+.-]*:|^\/\//i.test(target)) continue;
      const [path, anchor] = splitAnchor(target);
      const file =
        path === ""
          ? page
          : join(dirname(page), path)
              .replaceAll("\\", "/")
              .replace(/^\.?\/$|^\.$/, "index.html");
      if (file.startsWith("..") || !isThere(file)) problems.add(`${page}: ${target} is not there`);
      else if (anchor !== undefined && pages.get(file)?.anchors.has(anchor) === false) {
        problems.add(`${page}: ${target} names an anchor that is not there`);
      }
    }
  }
  return { problems: [...problems], pages: pages.size };
}

/**
 * @template Result
 * @param {(key: string) => Result} find
 * @returns {(key: string) => Result}
 */
function remember(find) {
  /** @type {Map<string, Result>} */
  const known = new Map();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = find(key);
    known.set(key, made);
    return made;
  };
}

await runCheck(import.meta.url, "links", () => {
  const documents = listDocuments(rootFolder);
  const { problems, links } = checkDocuments(rootFolder, documents);
  const built = checkSite(join(rootFolder, site));
  const pages = built.pages > 0 ? `, ${built.pages} pages of the site` : "";
  return {
    problems: [...problems, ...built.problems.map((problem) => `${site}/${problem}`)],
    summary: `${links} links in ${documents.length} documents${pages}`,
  };
});
