export type {
  AiSdkGenerateResult,
  AiSdkHeaders,
  AiSdkLanguageModel,
  AiSdkMetadata,
  AiSdkReader,
  AiSdkStreamResult,
  SpecificationVersion,
} from "./ai-sdk-model.js";
export { type FromAiSdkOptions, fromAiSdk } from "./from-ai-sdk.js";
