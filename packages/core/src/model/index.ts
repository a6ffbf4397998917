export { fromNanoUsd, toNanoUsd } from "@salesagent/ports/money";
export { addUsage } from "./add-usage.js";
export { jsonInText } from "./json-in-text.js";
export { PartialJson } from "./partial-json.js";
export { matchesPartially } from "./partial-match.js";
export { createSpendCap, maxCostUsd, type Reservation, type SpendCap } from "./spend-cap.js";
export { PartialOutputReader, repairPrompt, StructuredOutput } from "./structured-output.js";
export { checkTranscript } from "./transcript.js";
export { describeIssues, toJsonSchema, type Validated, validate } from "./validate.js";
