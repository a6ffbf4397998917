export { createMemory } from "./create-memory.js";
export { estimateTokens } from "./estimate-tokens.js";
export type {
  FactOptions,
  MemoryOptions,
  MemoryStep,
  SummaryOptions,
  WindowOptions,
} from "./memory-options.js";
export type {
  ContextRequest,
  FactWish,
  ForgetReport,
  MemoryCall,
  MemoryContext,
  MemoryModelCall,
  NewFact,
  SessionMemory,
} from "./session-memory.js";
