import type { RecordedAudio } from "../ports/speech-to-text.js";

/** How long audio is, in seconds, where its format tells: WAV, and bare samples of 16 bits whose type has a `rate`. */
export function recordedSeconds({ bytes, mimeType }: RecordedAudio): number | undefined {
  const [type = "", ...parameters] = mimeType.toLowerCase().split(";");
  if (/^audio\/(x-|vnd\.)?wav/.test(type.trim())) return wavSeconds(bytes);
  if (type.trim() !== "audio/l16") return undefined;
  const read = (name: string) => Number(new RegExp(`\\b${name}=(\\d+)`).exec(parameters.join(";"))?.[1]);
  const bytesPerSecond = read("rate") * 2 * (read("channels") || 1);
  return bytesPerSecond > 0 ? bytes.length / bytesPerSecond : undefined;
}

/** @see http://soundfile.sapp.org/doc/WaveFormat/ */
function wavSeconds(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 12 || tag(0) !== "RIFF" || tag(8) !== "WAVE") return undefined;
  let bytesPerSecond: number | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at + 4, true);
    const body = at + 8;
    if (tag(at) === "fmt " && body + 12 <= bytes.length) bytesPerSecond = view.getUint32(body + 8, true);
    // A WAV that was streamed gives a size that nothing has.
    if (tag(at) === "data")
      return bytesPerSecond ? Math.min(size, bytes.length - body) / bytesPerSecond : undefined;
    at = body + size + (size % 2);
  }
  return undefined;
}
