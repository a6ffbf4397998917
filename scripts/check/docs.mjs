/**
 * The TypeScript in README.md, ARCHITECTURE.md, CONTRIBUTING.md, the packages' READMEs and `docs/` compiles against the built
 * packages as in a host's app, and runs. See `fences.mjs` for how a block says that it is only compiled.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { runCheck } from "../workspace/check-report.mjs";
import { captureNode } from "../workspace/command.mjs";
import { findFences } from "../workspace/fences.mjs";
import { hostCompilerOptions } from "../workspace/host-compiler-options.mjs";
import { listPackages } from "../workspace/packages.mjs";
import { rootFolder } from "../workspace/root.mjs";

const timeoutMs = 60_000;
/** Inside the repository, so that packages resolve as in any app. */
const workFolder = join(rootFolder, ".cache", "docs");

/** @typedef {import("../workspace/fences.mjs").Fence & { document: string, file: string }} Example */

/** Every document that may hold code, relative to the root. */
function listDocuments() {
  const guides = readdirSync(join(rootFolder, "docs"), { recursive: true, encoding: "utf8" })
    .map((file) => `docs/${file.replaceAll("\\", "/")}`)
    .filter((file) => file.endsWith(".md") && !file.startsWith("docs/reference/"));
  const readmes = listPackages().map(({ folder }) => `${folder}/README.md`);
  return ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", ...readmes, ...guides.sort()].filter((file) =>
    existsSync(join(rootFolder, file)),
  );
}

/**
 * Writes each block to a file of its own; its lines keep the numbers that they have in the document.
 *
 * @returns {Example[]}
 */
function writeExamples() {
  rmSync(workFolder, { recursive: true, force: true });
  mkdirSync(workFolder, { recursive: true });
  return listDocuments().flatMap((document) =>
    findFences(readFileSync(join(rootFolder, document), "utf8")).map((fence) => {
      const name = `${document.replace(/\.md$/, "").replaceAll("/", "-")}-${fence.line}`;
      const file = join(workFolder, `${name}.mts`);
      const padding = "\n".repeat(fence.line - 1);
      writeFileSync(file, `${padding}${fence.code}export {};\n`);
      return { ...fence, document, file };
    }),
  );
}

/**
 * @param {readonly Example[]} examples
 * @returns {string[]}
 */
function findTypeErrors(examples) {
  const program = ts.createProgram({
    rootNames: examples.map(({ file }) => file),
    options: hostCompilerOptions,
  });
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n");
    const example = examples.find(({ file }) => diagnostic.file && file === join(diagnostic.file.fileName));
    if (!example || !diagnostic.file) return message;
    const { line } = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start ?? 0);
    return `${example.document}:${line + 1}: ${message}`;
  });
}

/**
 * Runs one block in an empty folder.
 *
 * @param {Example} example
 * @returns {Promise<string[]>}
 */
async function findRunErrors({ document, line, file, code }) {
  const folder = file.replace(/\.mts$/, "");
  mkdirSync(folder);
  const script = join(folder, "example.mjs");
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
  });
  writeFileSync(script, outputText);
  const preload = new URL("../workspace/loopback-only.mjs", import.meta.url).href;
  const { exitCode, output } = await captureNode(["--import", preload, script], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: folder },
    timeoutMs,
  });
  return exitCode === 0 ? [] : [`${document}:${line}: exit code ${exitCode}\n${output.trimEnd()}`];
}

await runCheck(import.meta.url, "docs", async () => {
  const examples = writeExamples();
  const problems = findTypeErrors(examples);
  const runnable = examples.filter(({ runs }) => runs);
  for (const example of runnable) problems.push(...(await findRunErrors(example)));
  return { problems, summary: `${examples.length} examples, ${runnable.length} of them run` };
});
