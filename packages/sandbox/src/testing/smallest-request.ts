import type { JsonObject } from "@salesagent/ports";
import { FLAVORS, type Vendor } from "../dialect.js";

const HELLO = [{ role: "user", content: "Hello" }];
const CHAT = "/chat/completions";

/** Where each vendor takes a request for an answer. */
export const PATHS: Readonly<Record<Vendor, string>> = {
  ...(Object.fromEntries(FLAVORS.map((flavor) => [flavor, CHAT])) as Record<
    (typeof FLAVORS)[number],
    string
  >),
  anthropic: "/v1/messages",
  gemini: "/models/m:generateContent",
  ollama: "/api/chat",
};
const BODIES: Partial<Record<Vendor, JsonObject>> = {
  anthropic: { model: "m", max_tokens: 10, messages: HELLO },
  gemini: { contents: [{ role: "user", parts: [{ text: "Hello" }] }] },
};

/** The smallest body that a vendor takes there. */
export const bodyOf = (vendor: Vendor): JsonObject => BODIES[vendor] ?? { model: "m", messages: HELLO };
