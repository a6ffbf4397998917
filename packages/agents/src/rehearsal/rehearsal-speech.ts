import { untilAborted } from "@salesagent/ports";
import type { SpeechToText } from "../ports/speech-to-text.js";
import type { TextToSpeech } from "../ports/text-to-speech.js";

const PIECE_BYTES = 640;
const BYTES_PER_CHAR = 64;

/**
 * Speech without a vendor, for tests and rehearsals: the bytes of the text as samples, a code unit each, then silence.
 * {@link rehearsalTranscriber} hears the text in it again.
 *
 * @param options.hold - Awaited before each piece but the first, such as to test barge-in.
 */
export function rehearsalSpeech(options: { readonly hold?: () => Promise<void> } = {}): TextToSpeech {
  return {
    port: "text-to-speech/1",
    provider: "rehearsal",
    modelId: "rehearsal",
    format: { mimeType: "audio/l16", sampleRate: 16_000 },
    async *speak(text, { signal } = {}) {
      signal?.throwIfAborted();
      const samples = new Uint8Array(Math.max(1, text.length) * BYTES_PER_CHAR);
      const view = new DataView(samples.buffer);
      for (let index = 0; index < text.length; index++)
        view.setUint16(index * 2, text.charCodeAt(index), true);
      for (let at = 0; at < samples.length; at += PIECE_BYTES) {
        if (at > 0 && options.hold) await untilAborted(options.hold(), signal);
        signal?.throwIfAborted();
        yield samples.subarray(at, at + PIECE_BYTES);
      }
    },
  };
}

/** Hears what {@link rehearsalSpeech} speaks, for tests and rehearsals. */
export function rehearsalTranscriber(): SpeechToText {
  return {
    port: "speech-to-text/1",
    provider: "rehearsal",
    modelId: "rehearsal",
    transcribe: async ({ bytes }, { signal } = {}) => {
      signal?.throwIfAborted();
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      let text = "";
      for (let at = 0; at + 1 < bytes.length && view.getUint16(at, true) !== 0; at += 2) {
        text += String.fromCharCode(view.getUint16(at, true));
      }
      return { text };
    },
  };
}
