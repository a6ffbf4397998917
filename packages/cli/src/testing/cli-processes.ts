import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const ENTRY = `
import { main } from "./packages/cli/src/index.ts";
const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort(new Error("Interrupted")));
const { stdout, stderr, env } = process;
const io = { get stdin() { return process.stdin; }, stdout, stderr, env, signal: interrupted.signal };
process.exitCode = await main(process.argv.slice(2), io);
`;

/** A process of the command line. */
export interface CliProcess {
  /** Resolves with the first line that holds the text. Rejects when the process ends before. */
  says(text: string): Promise<string>;
  kill(signal: "SIGKILL" | "SIGINT"): void;
  /** Resolves with the exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** Processes of the command line, from the sources. */
export interface CliProcesses extends AsyncDisposable {
  /** What Node runs, for whoever starts it otherwise. */
  readonly file: string;
  start(args: readonly string[], env: Readonly<Record<string, string>>): CliProcess;
}

/** Makes one file of the sources, inside the workspace, so that what they import is found. */
export async function openCliProcesses(): Promise<CliProcesses> {
  const cache = join(root, "node_modules/.cache/salesagent");
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "cli-"));
  const file = join(folder, "dist", "cli.mjs");
  await build({
    stdin: { contents: ENTRY, resolveDir: root, sourcefile: "cli.ts", loader: "ts" },
    outfile: file,
    tsconfig: join(root, "tsconfig.base.json"),
    ...{
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20",
      packages: "external",
      logLevel: "error",
    },
  });
  // Its own version is read from beside what was built.
  await writeFile(join(folder, "package.json"), '{"version":"0.0.0","type":"module"}');
  const living = new Set<ChildProcess>();
  return {
    file,
    start: (args, env) => startProcess(file, args, env, living),
    async [Symbol.asyncDispose]() {
      for (const child of living) child.kill("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function startProcess(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  living: Set<ChildProcess>,
): CliProcess {
  const child = spawn(process.execPath, [file, ...args], {
    env: { ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  living.add(child);
  const lines: string[] = [];
  const heard = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      for (const look of heard) look();
    });
  }
  const ended = once(child, "close").then(([code]) => {
    living.delete(child);
    return code as number | null;
  });
  return {
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const line = lines.find((said) => said.includes(text));
          if (line !== undefined) resolve(line);
        };
        heard.add(look);
        look();
        void ended.then(() => reject(new Error(`ended without saying "${text}":\n${lines.join("\n")}`)));
      }),
    kill: (signal) => void child.kill(signal),
    ended,
  };
}
