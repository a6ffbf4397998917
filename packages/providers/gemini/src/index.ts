export { type GeminiEmbeddingSettings, geminiEmbeddings } from "./gemini-embeddings.js";
export { gemini } from "./gemini-model.js";
export { geminiEmbeddingPrices, geminiProfiles } from "./gemini-models.js";
