import type { JsonObject, JsonValue } from "../json.js";

/**
 * Who wrote a piece of a prompt. `external` is text that came from outside the host's control: a lead's fields, a mail, a
 * web page, a CRM note. It is data, whatever it says.
 */
export type Origin = "system" | "developer" | "user" | "tool" | "external";

/**
 * What a vendor wants sent back unchanged with a part: signatures of reasoning, encrypted blocks. Keyed by provider, and
 * read only by that provider.
 */
export type ProviderData = Readonly<Record<string, JsonObject>>;

export interface TextPart {
  readonly type: "text";
  readonly text: string;
  readonly origin: Origin;
  /** Asks a vendor that takes such marks to cache the prompt up to here. */
  readonly cache?: "5m" | "1h";
}

export interface FilePart {
  readonly type: "file";
  /** Such as `image/png` or `application/pdf`. */
  readonly mediaType: string;
  /** Bytes in base64, or a URL that the vendor may fetch. */
  readonly data: { readonly base64: string } | { readonly url: string };
  readonly origin: Origin;
}

/** Text that the model wrote. */
export interface AnswerPart {
  readonly type: "text";
  readonly text: string;
  readonly providerData?: ProviderData;
}

export interface ReasoningPart {
  readonly type: "reasoning";
  readonly text: string;
  readonly providerData?: ProviderData;
}

export interface ToolCallPart {
  readonly type: "tool-call";
  readonly callId: string;
  readonly name: string;
  readonly input: JsonValue;
  readonly providerData?: ProviderData;
}

export interface ToolResultPart {
  readonly type: "tool-result";
  readonly callId: string;
  readonly name: string;
  /** Text as it is, anything else as JSON. */
  readonly output: JsonValue;
  readonly failed: boolean;
  /** `tool` for the host's own data; `external` when the tool fetched what others wrote. */
  readonly origin: Extract<Origin, "tool" | "external">;
}

export interface SystemMessage {
  readonly role: "system";
  readonly parts: readonly TextPart[];
}

export interface UserMessage {
  readonly role: "user";
  readonly parts: readonly (TextPart | FilePart)[];
}

export interface AssistantMessage {
  readonly role: "assistant";
  readonly parts: readonly (AnswerPart | ReasoningPart | ToolCallPart)[];
}

export interface ToolMessage {
  readonly role: "tool";
  readonly parts: readonly ToolResultPart[];
}

/** One message of a transcript. */
export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;
