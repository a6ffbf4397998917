import type { AiSdkGenerateResult, AiSdkMetadata, AiSdkStreamPart, AiSdkToolCall } from "./ai-sdk-model.js";

/** The parts that a stream would have brought for content that came whole. */
export function wholeParts(result: AiSdkGenerateResult): AiSdkStreamPart[] {
  const { warnings, response, usage, finishReason, providerMetadata } = result;
  const id = response?.id;
  return [
    { type: "stream-start", warnings },
    ...(id === undefined ? [] : [{ type: "response-metadata", id } as const]),
    ...result.content.flatMap((content, index) => toParts(content, String(index))),
    {
      type: "finish",
      usage,
      finishReason,
      ...(providerMetadata === undefined ? {} : { providerMetadata }),
    },
  ];
}

interface TextContent {
  readonly type: "text" | "reasoning";
  readonly text: string;
  readonly providerMetadata?: AiSdkMetadata;
}

/** Content of other kinds, such as sources and files, has no place in an answer here. */
function toParts(content: { readonly type: string }, id: string): AiSdkStreamPart[] {
  if (content.type === "tool-call") return [content as AiSdkToolCall];
  if (content.type !== "text" && content.type !== "reasoning") return [];
  const { type, text, providerMetadata } = content as TextContent;
  const end = {
    type: `${type}-end`,
    id,
    ...(providerMetadata === undefined ? {} : { providerMetadata }),
  } as const;
  return [{ type: `${type}-delta`, id, delta: text }, end];
}
