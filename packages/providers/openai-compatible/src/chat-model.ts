import type { LanguageModel } from "@salesagent/ports";
import type { ModelSettings } from "@salesagent/provider-kit";
import { createWholeChatDecoder, StreamedChatDecoder } from "./chat-decoders.js";
import type { ChatDialect } from "./chat-dialect.js";
import { createEndpointModel, type Endpoint } from "./endpoint-model.js";
import { toChatRequest } from "./to-chat-request.js";

/**
 * A model behind a chat completions endpoint.
 *
 * @throws TypeError for a blank model id or a base URL that is none.
 */
export function createChatModel(
  modelId: string,
  dialect: ChatDialect,
  settings: ModelSettings = {},
): LanguageModel {
  const { provider, acceptMissingReason = false, thinkTags = false } = dialect;
  const endpoint: Endpoint = {
    ...dialect,
    path: "/chat/completions",
    toBody: (target, warn) => toChatRequest(target, dialect, warn),
    createDecoder(streamed, createId) {
      const options = { provider, createId, acceptMissingReason, thinkTags };
      return streamed ? new StreamedChatDecoder(options) : createWholeChatDecoder(options);
    },
  };
  return createEndpointModel(modelId, endpoint, settings);
}
