import type { Fetch } from "../egress/fetch.js";
import type { AudioFormat, SpeakOptions, TextToSpeech } from "../ports/text-to-speech.js";
import { type ApiKey, resolveApiKey } from "../services/api-key.js";
import { resolveBaseUrl } from "../services/base-url.js";
import { callService, malformed } from "../services/service-call.js";
import { readAudio } from "./read-audio.js";

/** How Cartesia writes audio. */
export type CartesiaOutput =
  | { readonly container: "raw" | "wav"; readonly encoding: "pcm_s16le"; readonly sampleRate: number }
  | { readonly container: "mp3"; readonly bitRate: number; readonly sampleRate: number };

export interface CartesiaOptions {
  readonly apiKey: ApiKey;
  /** Id of the voice that speaks unless a call names another. */
  readonly voice: string;
  /** @defaultValue "sonic-3.5" */
  readonly modelId?: string | undefined;
  /** @defaultValue "en" */
  readonly language?: string | undefined;
  /** @defaultValue bare samples of 16 bits, 24,000 a second */
  readonly output?: CartesiaOutput | undefined;
  /** `speed`, `volume`, `emotion`, as the vendor takes them. */
  readonly generation?: Readonly<Record<string, string | number>> | undefined;
  /** The date of the API's version. @defaultValue "2026-03-01" */
  readonly version?: string | undefined;
  /** @defaultValue https://api.cartesia.ai */
  readonly baseUrl?: string | undefined;
  /** @defaultValue the platform's `fetch` */
  readonly fetch?: Fetch | undefined;
}

const service = "cartesia";
const BARE: CartesiaOutput = { container: "raw", encoding: "pcm_s16le", sampleRate: 24_000 };
const MIME_TYPES = { raw: "audio/l16", wav: "audio/wav", mp3: "audio/mpeg" } as const;

/**
 * Speaks by Cartesia. Audio comes as it is made; a WAV that is streamed has no length in its header.
 *
 * @throws TypeError naming the option.
 * @see https://docs.cartesia.ai/api-reference/tts/bytes
 */
export function cartesia(options: CartesiaOptions): TextToSpeech {
  const { modelId = "sonic-3.5", output = BARE, voice } = options;
  const baseUrl = resolveBaseUrl(options.baseUrl ?? "https://api.cartesia.ai", "cartesia.baseUrl");
  if (voice.trim() === "") throw new TypeError("cartesia.voice is empty: name the id of a voice");
  const format: AudioFormat = { mimeType: MIME_TYPES[output.container], sampleRate: output.sampleRate };
  return {
    port: "text-to-speech/1",
    provider: service,
    modelId,
    format,
    speak: (text, call = {}) => speak({ ...options, modelId, output }, baseUrl, text, call),
  };
}

async function* speak(
  options: CartesiaOptions & { readonly modelId: string; readonly output: CartesiaOutput },
  baseUrl: string,
  text: string,
  { signal, ...call }: SpeakOptions,
): AsyncGenerator<Uint8Array, void, void> {
  const apiKey = await resolveApiKey(service, options.apiKey);
  const response = await callService({
    service,
    url: `${baseUrl}/tts/bytes`,
    method: "POST",
    headers: {
      authorization: `Bearer ${apiKey}`,
      "cartesia-version": options.version ?? "2026-03-01",
      "content-type": "application/json",
    },
    body: JSON.stringify({
      model_id: options.modelId,
      transcript: text,
      voice: { mode: "id", id: call.voice ?? options.voice },
      language: call.language ?? options.language ?? "en",
      output_format: toOutputFormat(options.output),
      generation_config: options.generation,
    }),
    fetch: options.fetch,
    secrets: [apiKey],
    signal,
  });
  if (/json|html/i.test(response.headers.get("content-type") ?? "")) {
    response.body?.cancel().catch(() => {}); // not awaited: nobody reads it
    throw malformed({ service }, "is no audio");
  }
  yield* readAudio(service, response, options.output.container === "raw" ? 2 : 1, signal);
}

function toOutputFormat(output: CartesiaOutput) {
  const { container, sampleRate } = output;
  return container === "mp3"
    ? { container, sample_rate: sampleRate, bit_rate: output.bitRate }
    : { container, encoding: output.encoding, sample_rate: sampleRate };
}
