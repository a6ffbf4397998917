import { type AnyTool, defineTool } from "@salesagent/core/tools";
import { z } from "zod";
import { writeDecimal } from "./decimal.js";
import { evaluate } from "./evaluate.js";
import { FUNCTIONS } from "./functions.js";

/** What `calculator` tells a model. */
export interface CalculatorOutput {
  /** A decimal number. */
  readonly result: string;
  /** False when the result is rounded: an endless fraction, a root. */
  readonly exact: boolean;
}

const input = z.object({
  expression: z
    .string()
    .min(1)
    .max(1_000)
    .describe('Such as "(1200 - 950) / 950 * 100" or "round(49.99 * 12, 2)".'),
});

/**
 * The tool `calculator`: arithmetic in exact fractions, so that `0.1 + 0.2` is `0.3`. It evaluates no code.
 *
 * @example
 * ```ts
 * defineAgent({ name: "pricing", instructions, model, tools: [calculator()] });
 * ```
 */
export function calculator(): AnyTool {
  return defineTool<z.infer<typeof input>, CalculatorOutput>({
    name: "calculator",
    description: `Works out an arithmetic expression exactly. Operators: + - * / % (remainder) ^ and parentheses. Functions: ${[...FUNCTIONS.keys()].join(", ")}. For a percentage write "* 15 / 100".`,
    input,
    effect: "none",
    timeoutMs: 5_000,
    run: ({ expression }) => {
      const { value, exact } = evaluate(expression);
      const written = writeDecimal(value);
      return { result: written.text, exact: exact && written.exact };
    },
  });
}
