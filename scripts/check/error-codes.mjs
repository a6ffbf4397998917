/** `docs/errors.md` has a heading for each error code, and none for a code that is gone. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { runCheck } from "../workspace/check-report.mjs";
import { rootFolder } from "../workspace/root.mjs";

/**
 * The codes that the interface `ErrorFacts` declares.
 *
 * @param {string} source
 * @returns {string[]}
 */
export function readCodes(source) {
  const file = ts.createSourceFile("error-facts.ts", source, ts.ScriptTarget.ES2022);
  const declaration = file.statements
    .filter(ts.isInterfaceDeclaration)
    .find(({ name }) => name.text === "ErrorFacts");
  return (declaration?.members ?? []).flatMap(({ name }) =>
    name && ts.isStringLiteral(name) ? [name.text] : [],
  );
}

/**
 * @param {readonly string[]} codes
 * @param {string} markdown
 * @returns {string[]}
 */
export function compareHeadings(codes, markdown) {
  const headings = [...markdown.matchAll(/^### ([a-z]+\.[a-z_]+)$/gm)].map(([, code]) => code ?? "");
  return [
    ...codes
      .filter((code) => !headings.includes(code))
      .map((code) => `docs/errors.md has no heading "### ${code}"`),
    ...headings
      .filter((code) => !codes.includes(code))
      .map((code) => `docs/errors.md tells of ${code}, which is gone`),
  ];
}

await runCheck(import.meta.url, "error-codes", () => {
  const codes = readCodes(readFileSync(join(rootFolder, "packages/ports/src/error-facts.ts"), "utf8"));
  const problems = compareHeadings(codes, readFileSync(join(rootFolder, "docs/errors.md"), "utf8"));
  return { problems, summary: `${codes.length} codes` };
});
