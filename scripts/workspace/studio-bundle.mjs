import { createHash } from "node:crypto";
import { join } from "node:path";
import { build } from "esbuild";
import { rootFolder } from "./root.mjs";

const sources = join(rootFolder, "packages/server/studio/src");

/** The module of the server that holds the files of the page; in the sources they are empty. */
const studioFilesModule = /[\\/]server[\\/]src[\\/]studio[\\/]studio-files\.ts$/;

/**
 * The files of the page Studio, minified: its script with the client of the workspace in it, and its style sheet.
 *
 * @returns {Promise<{ script: string, style: string }>}
 */
async function bundleStudio() {
  const { outputFiles } = await build({
    entryPoints: [join(sources, "main.ts"), join(sources, "studio.css")],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    charset: "utf8",
    outdir: "studio",
    write: false,
    logLevel: "silent",
    alias: { "@salesagent/client": join(rootFolder, "packages/client/src/index.ts") },
  });
  /** @param {string} ending */
  const textOf = (ending) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? "";
  return { script: textOf(".js"), style: textOf(".css") };
}

/** What the module is at run time, as JavaScript. */
async function studioFilesCode() {
  const { script, style } = await bundleStudio();
  const tag = createHash("sha256").update(script).update(style).digest("hex").slice(0, 16);
  const values = { STUDIO_SCRIPT: script, STUDIO_STYLE: style, STUDIO_TAG: tag };
  return Object.entries(values)
    .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`)
    .join("");
}

/**
 * Puts the page's files into the module that holds them, at a build of the package.
 *
 * @returns {import("esbuild").Plugin}
 */
export function studioFiles() {
  return {
    name: "studio-files",
    setup({ onLoad }) {
      onLoad({ filter: studioFilesModule }, async () => ({
        contents: await studioFilesCode(),
        loader: "js",
      }));
    },
  };
}

/** As {@link studioFiles}, where tests run against the sources. */
export function studioFilesOfTests() {
  return {
    name: "studio-files",
    /** @param {string} id */
    load: (id) => (studioFilesModule.test(id) ? studioFilesCode() : undefined),
  };
}
