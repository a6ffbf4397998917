import type { Fetch } from "../egress/fetch.js";
import type { RecordedAudio, SpeechToText, TranscribeOptions, Transcript } from "../ports/speech-to-text.js";
import { type ApiKey, resolveApiKey } from "../services/api-key.js";
import { resolveBaseUrl } from "../services/base-url.js";
import { callForJson, malformed } from "../services/service-call.js";
import { isRecord } from "../services/service-failure.js";

export interface OpenaiTranscriberOptions {
  readonly apiKey: ApiKey;
  /** @defaultValue "gpt-4o-mini-transcribe" */
  readonly modelId?: string | undefined;
  /** Also of any server that speaks the same. @defaultValue https://api.openai.com/v1 */
  readonly baseUrl?: string | undefined;
  /** @defaultValue the platform's `fetch` */
  readonly fetch?: Fetch | undefined;
}

const service = "openai";

/** File endings by type: the vendor goes by the name. */
const ENDINGS: ReadonlyMap<string, string> = new Map([
  ["audio/wav", "wav"],
  ["audio/x-wav", "wav"],
  ["audio/mpeg", "mp3"],
  ["audio/mp4", "m4a"],
  ["audio/ogg", "ogg"],
  ["audio/flac", "flac"],
  ["audio/webm", "webm"],
]);

/**
 * Hears by OpenAI's transcription.
 *
 * @throws TypeError when the base URL is none. A transcription: TypeError for a type of audio that the vendor does not take.
 * @see https://platform.openai.com/docs/api-reference/audio/createTranscription
 */
export function openaiTranscriber(options: OpenaiTranscriberOptions): SpeechToText {
  const { modelId = "gpt-4o-mini-transcribe" } = options;
  const baseUrl = resolveBaseUrl(options.baseUrl ?? "https://api.openai.com/v1", "openaiTranscriber.baseUrl");
  return {
    port: "speech-to-text/1",
    provider: service,
    modelId,
    async transcribe(audio, call = {}) {
      call.signal?.throwIfAborted();
      const body = toForm(audio, modelId, call);
      const apiKey = await resolveApiKey(service, options.apiKey);
      const answer = await callForJson({
        service,
        url: `${baseUrl}/audio/transcriptions`,
        method: "POST",
        headers: { authorization: `Bearer ${apiKey}` },
        body,
        fetch: options.fetch,
        secrets: [apiKey],
        signal: call.signal,
      });
      return fromAnswer(answer);
    },
  };
}

function toForm(
  { bytes, mimeType }: RecordedAudio,
  modelId: string,
  { language, hint }: TranscribeOptions,
): FormData {
  const type = mimeType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const ending = ENDINGS.get(type);
  if (ending === undefined) {
    throw new TypeError(
      `audio.mimeType "${type}" can't be transcribed; ${[...ENDINGS.keys()].join(", ")} can`,
    );
  }
  const form = new FormData();
  form.set("file", new Blob([new Uint8Array(bytes)], { type }), `audio.${ending}`);
  form.set("model", modelId);
  form.set("response_format", "json");
  if (language !== undefined) form.set("language", language);
  if (hint !== undefined) form.set("prompt", hint);
  return form;
}

function fromAnswer(answer: unknown): Transcript {
  if (!isRecord(answer) || typeof answer["text"] !== "string") throw malformed({ service }, "has no text");
  const { usage } = answer;
  const seconds = isRecord(usage) && usage["type"] === "duration" ? usage["seconds"] : undefined;
  return { text: answer["text"], ...(typeof seconds === "number" ? { durationSeconds: seconds } : {}) };
}
