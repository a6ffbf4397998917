import type { StreamReader } from "@salesagent/core/live";
import type { EventSource } from "../event-body.js";
import { framesOf } from "../event-frames.js";
import type { UiChunk } from "./ui-chunk.js";
import { UiMessage } from "./ui-message.js";

const encoder = new TextEncoder();

/** What tells the AI SDK which protocol it reads. */
export const UI_HEADERS = { "x-vercel-ai-ui-message-stream": "v1" };

/** A run's stream in the AI SDK's UI message stream protocol, version 1. */
export function uiFrames(messageId: string): (reader: StreamReader, close: () => void) => EventSource {
  return (reader, close) => {
    const message = new UiMessage(messageId);
    return framesOf(reader, {
      begin: toText(message.begin()),
      write(event) {
        const text = toText(message.event(event));
        return text === "" ? undefined : encoder.encode(text);
      },
      end: (record) => `${toText(message.end(record))}data: [DONE]\n\n`,
      close,
    });
  };
}

function toText(chunks: Iterable<UiChunk>): string {
  let text = "";
  for (const chunk of chunks) text += `data: ${JSON.stringify(chunk)}\n\n`;
  return text;
}
