export { StreamedChatDecoder, WholeChatDecoder } from "./chat-decoders.js";
export type { ChatDialect, Warn } from "./chat-dialect.js";
export { type ChatModelSettings, createChatModel } from "./chat-model.js";
export { OpenAiClient, type OpenAiClientSettings } from "./openai-client.js";
export { isStrictSchema } from "./strict-schema.js";
