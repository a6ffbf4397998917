export type { ChatDialect, ChatTarget } from "./chat-dialect.js";
export { createChatModel } from "./chat-model.js";
export type { EmbeddingDialect } from "./embedding-dialect.js";
export { createEmbeddingModel } from "./embedding-model.js";
export { createEndpointModel, type Endpoint } from "./endpoint-model.js";
export { type OpenAiCompatibleSettings, openaiCompatible, reasoningField } from "./openai-compatible.js";
export { isStrictSchema } from "./strict-schema.js";
