import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { ModelFactory } from "@salesagent/sandbox/drill";
import { UsageError } from "../command/usage-error.js";

/** Loads a host's module whose default export makes the model to drill. @throws UsageError when it is none. */
export async function loadModelFactory(file: string): Promise<ModelFactory> {
  const { default: build } = await importModule(file);
  if (typeof build === "function") return build as ModelFactory;
  throw new UsageError(
    `--config ${file}: its default export must be a function (setup) => LanguageModel, got ${typeof build}.`,
  );
}

async function importModule(file: string): Promise<{ readonly default?: unknown }> {
  try {
    return (await import(pathToFileURL(resolve(file)).href)) as { readonly default?: unknown };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--config ${file} can't be loaded: ${why}`);
  }
}
