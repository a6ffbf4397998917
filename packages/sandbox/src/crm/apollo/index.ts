export type { ApolloFields, ApolloRow } from "./apollo-row.js";
export { type ApolloSandbox, type ApolloSandboxOptions, apolloSandbox } from "./apollo-sandbox.js";
export type { ApolloLimits } from "./apollo-windows.js";
export type { ApolloCustomField, ApolloWorld, ApolloWrite } from "./apollo-world.js";
