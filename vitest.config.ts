import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { studioFilesOfTests } from "./scripts/workspace/studio-bundle.mjs";

// Tests run against the sources of every workspace package, so that no build comes first.
const base = JSON.parse(readFileSync(new URL("./tsconfig.base.json", import.meta.url), "utf8")) as {
  compilerOptions: { paths: Record<string, [string]> };
};
const alias = Object.entries(base.compilerOptions.paths).map(([name, [file]]) => ({
  find: new RegExp(`^${name}$`),
  replacement: fileURLToPath(new URL(file, import.meta.url)),
}));

export default defineConfig({
  resolve: { alias },
  plugins: [studioFilesOfTests()],
  test: {
    include: ["packages/**/src/**/*.test.ts", "examples/**/*.test.ts", "scripts/**/*.test.mjs"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    // Of two cores, which CI has, one would stand idle.
    maxWorkers: "100%",
    testTimeout: 20_000,
    hookTimeout: 60_000,
    globalSetup: ["packages/storage-pg/src/testing/postgres-server.ts"],
    sequence: { shuffle: true },
  },
});
