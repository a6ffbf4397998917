import { describe, expect, it } from "vitest";
import { rehearsalSpeech, rehearsalTranscriber } from "../rehearsal/rehearsal-speech.js";
import { callTool } from "../testing/call-tool.js";
import { loopbackServer } from "../testing/loopback-server.js";
import { json, recordedFetch } from "../testing/recorded-fetch.js";
import type { MadeRecording } from "../tools/voice/generate-voice.js";
import { generateVoice } from "../tools/voice/generate-voice.js";
import { cartesia } from "./cartesia.js";
import { openaiTranscriber } from "./openai-transcriber.js";

const KEY = "sk_car_planted_0123456789";

/** A response whose body comes in these pieces. */
const audio =
  (...pieces: number[][]) =>
  () =>
    new Response(
      new ReadableStream({
        start(controller) {
          for (const piece of pieces) controller.enqueue(new Uint8Array(piece));
          controller.close();
        },
      }),
    );

async function listen(stream: AsyncIterable<Uint8Array>): Promise<number[][]> {
  const pieces: number[][] = [];
  for await (const piece of stream) pieces.push([...piece]);
  return pieces;
}

describe("cartesia", () => {
  it("asks in the vendor's terms, and only when it is read", async () => {
    const { fetch, calls, bodyOf } = recordedFetch(audio([1, 2]));
    const speech = cartesia({ apiKey: KEY, voice: "v1", fetch, generation: { speed: 1.1 } });
    const stream = speech.speak("Hello.", { language: "de", voice: "v2" });
    expect(calls).toEqual([]);

    expect(await listen(stream)).toEqual([[1, 2]]);
    expect(calls[0]?.url).toBe("https://api.cartesia.ai/tts/bytes");
    const headers = new Headers(calls[0]?.init.headers);
    expect([headers.get("authorization"), headers.get("cartesia-version")]).toEqual([
      `Bearer ${KEY}`,
      "2026-03-01",
    ]);
    expect(bodyOf(0)).toEqual({
      model_id: "sonic-3.5",
      transcript: "Hello.",
      voice: { mode: "id", id: "v2" },
      language: "de",
      output_format: { container: "raw", encoding: "pcm_s16le", sample_rate: 24_000 },
      generation_config: { speed: 1.1 },
    });
  });

  it("never splits a sample", async () => {
    const { fetch } = recordedFetch(audio([1], [2, 3, 4, 5], [6]));
    expect(await listen(cartesia({ apiKey: KEY, voice: "v", fetch }).speak("x"))).toEqual([
      [1, 2, 3, 4],
      [5, 6],
    ]);
  });

  it.each([
    ["half a sample", audio([1, 2, 3])],
    ["no audio", audio()],
    ["a success that holds an error", json({ error: "no" })],
  ])("does not take %s for speech", async (_, answer) => {
    const { fetch } = recordedFetch(answer);
    await expect(listen(cartesia({ apiKey: KEY, voice: "v", fetch }).speak("x"))).rejects.toMatchObject({
      code: "service.malformed_response",
    });
  });

  it("says so when the audio breaks off", async () => {
    await using server = await loopbackServer((_request, response) => {
      response.writeHead(200, { "content-type": "audio/l16" });
      response.write(Buffer.from([1, 2, 3, 4]), () => response.destroy());
    });
    const stream = cartesia({ apiKey: KEY, voice: "v", baseUrl: server.url }).speak("x");
    await expect(listen(stream)).rejects.toMatchObject({ code: "service.unavailable" });
  });

  it("ends the request when its reader leaves, and when it is aborted", async () => {
    await using server = await loopbackServer((_request, response) => {
      response.writeHead(200, { "content-type": "audio/l16" });
      response.write(Buffer.from([1, 2]));
    });
    const speech = cartesia({ apiKey: KEY, voice: "v", baseUrl: server.url });
    for await (const _ of speech.speak("x")) break;
    await server.idle();

    const caller = new AbortController();
    const reason = new Error("barge-in");
    const iterator = speech.speak("x", { signal: caller.signal })[Symbol.asyncIterator]();
    await iterator.next();
    const pending = iterator.next();
    caller.abort(reason);
    await expect(pending).rejects.toBe(reason);
    await server.idle();
  });

  it("tells a full queue by its code, without the key", async () => {
    const body = {
      error_code: "concurrency_limited",
      title: "Too many",
      message: `key ${KEY}`,
      request_id: "r",
    };
    const { fetch } = recordedFetch(json(body, { status: 429 }));
    const error: unknown = await listen(cartesia({ apiKey: KEY, voice: "v", fetch }).speak("x")).catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({
      code: "service.rate_limited",
      facts: { vendorCode: "concurrency_limited" },
    });
    expect(JSON.stringify(error) + String(error)).not.toContain(KEY);
  });

  it("refuses a blank voice", () => {
    expect(() => cartesia({ apiKey: KEY, voice: " " })).toThrow(/cartesia\.voice/);
  });
});

describe("openaiTranscriber", () => {
  const recording = { bytes: new Uint8Array([1, 2, 3]), mimeType: "audio/wav; codecs=1" };

  it("sends the audio as a file and brings the text", async () => {
    const { fetch, calls } = recordedFetch(json({ text: "Hello.", usage: { type: "duration", seconds: 3 } }));
    const hearing = openaiTranscriber({ apiKey: KEY, fetch });
    expect(await hearing.transcribe(recording, { language: "en", hint: "Figma" })).toEqual({
      text: "Hello.",
      durationSeconds: 3,
    });
    const form = calls[0]?.init.body as FormData;
    expect(calls[0]?.url).toBe("https://api.openai.com/v1/audio/transcriptions");
    expect(Object.fromEntries([...form].filter(([name]) => name !== "file"))).toEqual({
      model: "gpt-4o-mini-transcribe",
      response_format: "json",
      language: "en",
      prompt: "Figma",
    });
    expect((form.get("file") as File).name).toBe("audio.wav");
  });

  it("refuses audio that the vendor does not take before it is sent", async () => {
    const { fetch, calls } = recordedFetch(json({ text: "" }));
    const pending = openaiTranscriber({ apiKey: KEY, fetch }).transcribe({
      ...recording,
      mimeType: "audio/l16",
    });
    await expect(pending).rejects.toThrow(/audio\.mimeType "audio\/l16"/);
    expect(calls).toEqual([]);
  });

  it("does not take an answer without text for one", async () => {
    const { fetch } = recordedFetch(json({}));
    await expect(openaiTranscriber({ apiKey: KEY, fetch }).transcribe(recording)).rejects.toMatchObject({
      code: "service.malformed_response",
    });
  });
});

describe("generate_voice", () => {
  it("keeps a whole recording and tells where it is", async () => {
    const kept: MadeRecording[] = [];
    const keep = (recording: MadeRecording) => `memory:${kept.push(recording)}`;
    const outcome = await callTool(generateVoice({ speech: rehearsalSpeech(), keep }), {
      text: "Hello Ada, it's Bo.",
    });

    expect(outcome.output).toEqual({
      recording: "memory:1",
      mimeType: "audio/l16",
      bytes: kept[0]?.bytes.length,
    });
    const heard = await rehearsalTranscriber().transcribe({
      bytes: kept[0]?.bytes ?? new Uint8Array(0),
      mimeType: "audio/l16",
    });
    expect(heard).toEqual({ text: "Hello Ada, it's Bo." });
  });

  it("keeps nothing where the audio is too large", async () => {
    const tool = generateVoice({
      speech: rehearsalSpeech(),
      maxBytes: 100,
      keep: () => Promise.reject(new Error("was kept")),
    });
    expect(await callTool(tool, { text: "Hello Ada." })).toMatchObject({
      failed: true,
      output: expect.stringContaining("larger than 100 bytes"),
    });
  });

  it("lets a model choose among the voices of the host", async () => {
    const voices: (string | undefined)[] = [];
    const speech = rehearsalSpeech();
    const tool = generateVoice({
      speech: {
        ...speech,
        speak: (text, options) => {
          voices.push(options?.voice);
          return speech.speak(text, options);
        },
      },
      voices: { warm: "id-1", brisk: "id-2" },
      keep: () => "kept",
    });
    await callTool(tool, { text: "Hi", voice: "brisk" });
    await callTool(tool, { text: "Hi" });
    expect(voices).toEqual(["id-2", "id-1"]);
    expect(await callTool(tool, { text: "Hi", voice: "id-2" })).toMatchObject({
      errorCode: "tool.input_invalid",
    });
  });
});
