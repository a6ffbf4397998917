import { SalesAgentError } from "@salesagent/ports";

/**
 * Loads a vendor's SDK, which the host installs beside the provider package.
 *
 * @param load - The `import()` of it.
 * @throws `config.invalid` when it is not installed.
 */
export async function loadSdk<T>(packageName: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw error;
    throw new SalesAgentError("config.invalid", {
      message: `The package ${packageName} is not installed. Run \`npm install ${packageName}\`.`,
      facts: { option: packageName },
      replay: "safe",
      cause: error,
    });
  }
}
