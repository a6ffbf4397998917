export { StreamedChatDecoder, WholeChatDecoder } from "./chat-decoders.js";
export type { ChatDialect, ChatTarget } from "./chat-dialect.js";
export { createChatModel } from "./chat-model.js";
export type { EmbeddingDialect } from "./embedding-dialect.js";
export { createEmbeddingModel } from "./embedding-model.js";
export { OpenAiClient, type OpenAiClientSettings, type OpenAiPost } from "./openai-client.js";
export { type OpenAiCompatibleSettings, openaiCompatible, reasoningField } from "./openai-compatible.js";
export { isStrictSchema } from "./strict-schema.js";
