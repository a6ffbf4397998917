import { inspect } from "node:util";
import { type LanguageModel, SalesAgentError, userMessage } from "@salesagent/ports";
import { type OpenAiCompatibleSettings, openaiCompatible } from "../index.js";

/** The key that models under test have; it must appear nowhere. */
export const KEY = "sk-planted-0123456789";
export const request = { messages: [userMessage("Hi")] };

export const modelWith = (settings: Partial<OpenAiCompatibleSettings>): LanguageModel =>
  openaiCompatible("some-model", {
    provider: "acme",
    baseUrl: "https://acme.test/v1",
    apiKey: KEY,
    env: {},
    ...settings,
  });

/** The error that a call ends with; a call that succeeds fails the test. */
export async function failureOf(model: LanguageModel, call = {}): Promise<SalesAgentError> {
  const failure: unknown = await model
    .stream(request, call)
    .result()
    .then(
      () => undefined,
      (error) => error,
    );
  if (!SalesAgentError.is(failure))
    throw new Error(`expected an error of the family, got ${inspect(failure)}`);
  return failure;
}
