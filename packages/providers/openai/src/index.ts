export { type OpenAiSettings, openai } from "./openai.js";
export { type OpenAiEmbeddingSettings, openaiEmbeddings } from "./openai-embeddings.js";
export { OPENAI_EMBEDDING_PRICES, OPENAI_MODELS } from "./openai-models.js";
export type { OpenAiAccount } from "./openai-place.js";
