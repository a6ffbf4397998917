/**
 * Imports run one way: adapters stand on `ports`, never on `core`, and each room of `core` imports only rooms below it.
 * ARCHITECTURE.md draws the same picture. Tests may import what they like.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { runCheck } from "../workspace/check-report.mjs";
import { listPublicPackages } from "../workspace/packages.mjs";
import { rootFolder } from "../workspace/root.mjs";

const ports = "@salesagent/ports";
const kit = "@salesagent/provider-kit";
const compatible = "@salesagent/provider-openai-compatible";

/** Which workspace packages, or rooms of them, a package may import; the first pattern that fits decides. */
const packageRules = /** @type {const} */ ([
  [/^@salesagent\/(ports|client)$/, []],
  [/^@salesagent\/provider-kit$/, [ports]],
  [/^@salesagent\/provider-openai-compatible$/, [ports, kit]],
  [/^@salesagent\/provider-(openai|cerebras|deepseek|openrouter|vllm)$/, [ports, kit, compatible]],
  [/^@salesagent\/provider-ai-sdk$/, [ports, kit, "@salesagent/core/tools", "@salesagent/core/effects"]],
  [/^@salesagent\/provider-/, [ports, kit]],
  [
    /^@salesagent\/mcp$/,
    [
      ports,
      "@salesagent/core/tools",
      "@salesagent/core/effects",
      "@salesagent/core/agent",
      "@salesagent/agents/tools",
      "@salesagent/agents/node",
    ],
  ],
  [/^@salesagent\/agents$/, [ports, "@salesagent/core"]],
  [/^@salesagent\/crm-/, [ports, "@salesagent/core/http"]],
  [/^@salesagent\/server$/, [ports, "@salesagent/core", "@salesagent/agents", "@salesagent/intake"]],
  [/^@salesagent\/cli$/, "any"],
  [/^@salesagent\//, [ports]],
]);

/** The rooms of core, lowest first. A room imports only rooms of lower floors. */
const floors = [
  ["kernel"],
  ["model", "resilience", "telemetry", "health", "prompts"],
  ["budget", "cache", "effects", "http", "retention"],
  ["router", "tools", "guardrails", "memory", "graph", "credentials", "access"],
  ["agent", "crm", "outreach"],
  ["learning", "workflow", "handoff"],
  ["live"],
  ["app"],
];

/**
 * Whether a package may import a specifier.
 *
 * @param {string} importer The package's name.
 * @param {string} specifier
 */
export function mayImport(importer, specifier) {
  if (!specifier.startsWith("@salesagent/")) return true;
  const imported = specifier.split("/").slice(0, 2).join("/");
  const allowed = packageRules.find(([pattern]) => pattern.test(importer))?.[1] ?? [];
  return (
    allowed === "any" ||
    imported === importer ||
    allowed.some((name) => name === imported || name === specifier)
  );
}

/**
 * Whether one file of core may import another. The root entry may import every room.
 *
 * @param {string} importer Relative to `src`: `tools/define-tool.ts`.
 * @param {string} imported Likewise.
 */
export function mayEnterRoom(importer, imported) {
  if (!importer.includes("/")) return true;
  const [from, to] = [roomOf(importer), roomOf(imported)];
  if (from === to) return true;
  const [fromFloor, toFloor] = [floorOf(from), floorOf(to)];
  return toFloor >= 0 && fromFloor > toFloor;
}

/** @param {string} file */
const roomOf = (file) => file.split("/")[0] ?? file;

/** @param {string} room */
const floorOf = (room) => floors.findIndex((rooms) => rooms.includes(room));

/**
 * @param {{ name: string, file: string, text: string }} source `file` is relative to the package's `src`.
 * @returns {string[]} The imports that break a rule, with the reason.
 */
export function findForbidden({ name, file, text }) {
  return ts.preProcessFile(text, true, true).importedFiles.flatMap(({ fileName: specifier }) => {
    if (!specifier.startsWith(".")) {
      return mayImport(name, specifier) ? [] : [`${file} imports ${specifier}, which ${name} may not`];
    }
    const target = join(file, "..", specifier).replaceAll("\\", "/");
    if (target.startsWith("../")) return [`${file} imports ${specifier}, outside its own package`];
    if (name !== "@salesagent/core" || mayEnterRoom(file, target)) return [];
    return [`${file} imports ${specifier}: room ${roomOf(file)} may not import ${roomOf(target)}`];
  });
}

/**
 * @param {import("../workspace/packages.mjs").WorkspacePackage} workspacePackage
 * @returns {{ name: string, file: string, text: string }[]}
 */
function readSources({ folder, manifest }) {
  const source = join(rootFolder, folder, "src");
  return readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !/\.test(-d)?\.ts$|(^|[\\/])testing[\\/]/.test(file))
    .map((file) => ({
      name: manifest.name,
      file: file.replaceAll("\\", "/"),
      text: readFileSync(join(source, file), "utf8"),
    }));
}

await runCheck(import.meta.url, "import-rules", () => {
  let files = 0;
  const problems = listPublicPackages().flatMap((item) => {
    const sources = readSources(item);
    files += sources.length;
    return sources.flatMap(findForbidden).map((problem) => `${item.folder}/src/${problem}`);
  });
  return { problems, summary: `${files} files` };
});
