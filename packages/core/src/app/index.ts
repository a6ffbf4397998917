export { createSalesAgent, type SalesAgentOptions } from "./create-sales-agent.js";
export type { SalesAgent } from "./sales-agent.js";
