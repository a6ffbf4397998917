export type { RecordedAudio, SpeechToText, TranscribeOptions, Transcript } from "../ports/speech-to-text.js";
export type { AudioFormat, SpeakOptions, TextToSpeech } from "../ports/text-to-speech.js";
export type { ApiKey } from "../services/api-key.js";
export { type CartesiaOptions, type CartesiaOutput, cartesia } from "./cartesia.js";
export { type OpenaiTranscriberOptions, openaiTranscriber } from "./openai-transcriber.js";
