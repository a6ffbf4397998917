/** The links of Markdown and HTML, and the anchors that they may name. */

/**
 * @typedef {object} Link
 * @property {string} target As written: `../errors.md#budgetexceeded`.
 * @property {number} line From 1.
 */

/**
 * The links and images of a Markdown text: inline, by reference and as HTML. Code holds none.
 *
 * @param {string} markdown
 * @returns {Link[]}
 */
export function findMarkdownLinks(markdown) {
  return textLines(markdown).flatMap(({ text, line }) => targetsOf(text).map((target) => ({ target, line })));
}

/** `[text](target "title")`, `![alt](target)`; `[name]: target`; `<a href="target">`, `<img src="target">`. */
const linkForms = [
  /\]\(\s*<?([^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*)>?(?:\s+"[^"]*")?\s*\)/g,
  /^\s{0,3}\[[^\]^]+\]:\s*<?(\S+?)>?(?:\s+"[^"]*")?\s*$/g,
  /<(?:a|img|source)\s[^>]*?(?:href|src|srcset)="([^"]*)"/g,
];

/** @param {string} text */
function targetsOf(text) {
  return linkForms.flatMap((form) => [...text.matchAll(form)].map(([, target = ""]) => target));
}

/**
 * The anchors of a Markdown text, as GitHub makes them of its headings, and ids in its HTML.
 *
 * @param {string} markdown
 * @returns {Set<string>}
 */
export function findMarkdownAnchors(markdown) {
  const anchors = new Set([...markdown.matchAll(/<[a-z]+\s[^>]*?\bid="([^"]+)"/g)].map(([, id = ""]) => id));
  /** @type {Map<string, number>} */
  const seen = new Map();
  for (const { raw } of textLines(markdown)) {
    const [, heading] = /^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$/.exec(raw) ?? [];
    if (heading === undefined) continue;
    const slug = toSlug(heading);
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    anchors.add(times === 0 ? slug : `${slug}-${times}`);
  }
  return anchors;
}

/**
 * @param {string} heading
 * @returns {string} `budget.exceeded` as `budgetexceeded`, `Write a CRM adapter` as `write-a-crm-adapter`.
 */
function toSlug(heading) {
  return heading
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/<[^>]+>/g, "")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, "")
    .replaceAll(" ", "-");
}

/**
 * The lines that are no code: `text` without code in backticks, `raw` as they stand.
 *
 * @param {string} markdown
 */
function textLines(markdown) {
  /** @type {{ text: string, raw: string, line: number }[]} */
  const lines = [];
  /** @type {string | undefined} */
  let fence;
  for (const [index, raw] of markdown.split(/\r?\n/).entries()) {
    const [, marker] = /^\s*(`{3,}|~{3,})/.exec(raw) ?? [];
    if (fence !== undefined) {
      if (marker !== undefined && raw.trim() === fence) fence = undefined;
    } else if (marker !== undefined) {
      fence = marker;
    } else {
      lines.push({ text: raw.replaceAll(/(`+)(?!`).*?[^`]?\1(?!`)/g, "``"), raw, line: index + 1 });
    }
  }
  return lines;
}

/**
 * What an HTML page links to, and the anchors that it has.
 *
 * @param {string} html
 */
export function readHtml(html) {
  /** @type {Set<string>} */
  const targets = new Set();
  /** @type {Set<string>} */
  const anchors = new Set();
  for (const [, name = "", value = ""] of html.matchAll(/(?<=<[a-z][^<>]*\s)(href|src|id)="([^"<>]*)"/g)) {
    if (name === "id") anchors.add(decode(value));
    else targets.add(decode(value));
  }
  return { targets, anchors };
}

/** @param {string} text */
function decode(text) {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
