/**
 * The TypeScript in README.md, ARCHITECTURE.md, CONTRIBUTING.md, the packages' READMEs and `docs/` compiles against the built
 * packages as in a host's app, and runs. See `fences.mjs` for how a block says that it is only compiled. Started by itself it takes
 * paths to begin with: `node scripts/check/docs.mjs docs/recipes docs/start.md`.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism } from "node:os";
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
const cacheFolder = join(rootFolder, ".cache");

/** @typedef {import("../workspace/fences.mjs").Fence & { document: string, file: string }} Example */

/**
 * Every document that may hold code, relative to the root.
 *
 * @param {readonly string[]} wanted What their paths begin with; all of them where it is empty.
 */
function listDocuments(wanted) {
  const guides = readdirSync(join(rootFolder, "docs"), { recursive: true, encoding: "utf8" })
    .map((file) => `docs/${file.replaceAll("\\", "/")}`)
    .filter((file) => file.endsWith(".md") && !file.startsWith("docs/reference/"));
  const readmes = listPackages().map(({ folder }) => `${folder}/README.md`);
  return ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", ...readmes, ...guides.sort()].filter(
    (file) =>
      existsSync(join(rootFolder, file)) &&
      (wanted.length === 0 || wanted.some((start) => file.startsWith(start))),
  );
}

/**
 * Writes each block to a file of its own; its lines keep the numbers that they have in the document.
 *
 * @param {readonly string[]} documents
 * @param {string} folder
 * @returns {Example[]}
 */
function writeExamples(documents, folder) {
  return documents.flatMap((document) =>
    findFences(readFileSync(join(rootFolder, document), "utf8")).map((fence) => {
      const name = `${document.replace(/\.md$/, "").replaceAll("/", "-")}-${fence.line}`;
      const file = join(folder, `${name}.mts`);
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
 * Runs the blocks, as many at once as there are processors.
 *
 * @param {readonly Example[]} examples
 * @returns {Promise<string[]>} In the order of the documents.
 */
async function findAllRunErrors(examples) {
  /** @type {string[][]} */
  const problems = [];
  const waiting = [...examples.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, example] = next;
      problems[index] = await findRunErrors(example);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return problems.flat();
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
  const documents = listDocuments(process.argv.slice(2).filter((argument) => !argument.startsWith("--")));
  mkdirSync(cacheFolder, { recursive: true });
  const folder = mkdtempSync(join(cacheFolder, "docs-"));
  try {
    const examples = writeExamples(documents, folder);
    const problems = findTypeErrors(examples);
    const runnable = examples.filter(({ runs }) => runs);
    problems.push(...(await findAllRunErrors(runnable)));
    return { problems, summary: `${examples.length} examples, ${runnable.length} of them run` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
