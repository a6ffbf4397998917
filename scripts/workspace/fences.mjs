/**
 * @typedef {object} Fence A block of TypeScript in a Markdown file.
 * @property {string} code
 * @property {number} line Of its first line of code, from 1.
 * @property {boolean} runs False where the fence says `no-run`.
 */

/**
 * The TypeScript blocks of a Markdown text. A fence opens with ```` ```ts ````, or ```` ```ts no-run ```` for code that is only
 * compiled, as it needs a key, a server or the reader's own files.
 *
 * @param {string} markdown
 * @returns {Fence[]}
 */
export function findFences(markdown) {
  /** @type {Fence[]} */
  const fences = [];
  /** @type {{ marker: string, info: string, line: number, code: string[] } | undefined} */
  let open;
  for (const [index, line] of markdown.split(/\r?\n/).entries()) {
    if (open) {
      if (line.trim() === open.marker) {
        if (isTypeScript(open.info)) fences.push(toFence(open));
        open = undefined;
      } else {
        open.code.push(line);
      }
      continue;
    }
    const [, marker, info = ""] = /^\s*(`{3,}|~{3,})\s*(.*)$/.exec(line) ?? [];
    if (marker) open = { marker, info: info.trim(), line: index + 2, code: [] };
  }
  return fences;
}

/** @param {string} info */
const isTypeScript = (info) => /^(ts|typescript)(\s|$)/.test(info);

/**
 * @param {{ info: string, line: number, code: string[] }} block
 * @returns {Fence}
 */
function toFence({ info, line, code }) {
  return { code: `${code.join("\n")}\n`, line, runs: !info.split(/\s+/).includes("no-run") };
}
