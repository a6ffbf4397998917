import { CodePointGate } from "@salesagent/provider-kit";
import type { WireBlock } from "./messages-wire.js";

/** What a block becomes. `output` is the forced tool whose arguments are the answer; `passed` is told nobody. */
export type BlockKind = "text" | "reasoning" | "tool" | "output" | "passed";

/** A block whose deltas are coming. */
export interface OpenBlock {
  readonly kind: BlockKind;
  readonly gate: CodePointGate;
  readonly callId: string;
  readonly name: string;
  argumentsText: string;
}

/** Opens a block. Kinds that this package does not know are passed over. */
export function openBlock(
  block: WireBlock,
  createId: () => string,
  outputTool: string | undefined,
): OpenBlock {
  const name = block.name ?? "";
  const callId = block.type === "tool_use" ? block.id || createId() : "";
  const kind = kindOf(block.type, name, outputTool);
  return { kind, gate: new CodePointGate(), callId, name, argumentsText: "" };
}

function kindOf(type: string | undefined, name: string, outputTool: string | undefined): BlockKind {
  if (type === "text") return "text";
  if (type === "thinking" || type === "redacted_thinking") return "reasoning";
  if (type !== "tool_use") return "passed";
  return name === outputTool ? "output" : "tool";
}
