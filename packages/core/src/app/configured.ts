import { SalesAgentError } from "@salesagent/ports";

/** A setting that makes no sense. */
export function invalidConfig(option: string, problem: string): SalesAgentError<"config.invalid"> {
  return new SalesAgentError("config.invalid", {
    message: `createSalesAgent: ${option}: ${problem}`,
    facts: { option },
    replay: "safe",
  });
}

/**
 * Makes a part of the app, and names the option that it refuses as the app has it.
 *
 * @param option - Where the part's options stand, such as `durable`.
 * @throws `config.invalid`.
 */
export function configured<Part>(option: string, make: () => Part): Part {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    // A part names its own option as `durableFlows.leaseMs must be …`.
    const [, name, problem] = /^\w+\.([\w.]+)(?::| must)? ?(.*)$/s.exec(error.message) ?? [];
    if (name === undefined) throw invalidConfig(option, error.message);
    throw invalidConfig(name === option ? option : `${option}.${name}`, problem || error.message);
  }
}
