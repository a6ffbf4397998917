export { type OllamaEmbeddingSettings, ollamaEmbeddings } from "./ollama-embeddings.js";
export { type OllamaSettings, ollama } from "./ollama-model.js";
