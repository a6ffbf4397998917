import { createModelStream, type LanguageModel, systemClock } from "@salesagent/ports";
import { Attempt } from "../../model/attempt.js";

/** Asks one model, and another when it fails: beginning anew, or going on where the text broke off. */
export function failingOver(
  first: LanguageModel,
  second: LanguageModel,
  how: "restart" | "continue" = "restart",
): LanguageModel {
  const { port, provider, modelId, profile } = first;
  return {
    ...{ port, provider, modelId, profile },
    guardsAttempts: true,
    stream(request, call = {}) {
      const attempt = (model: LanguageModel, purpose: "first" | "failover" | "continuation") =>
        new Attempt({
          model,
          request,
          call,
          purpose,
          clock: systemClock,
          callStartedMs: systemClock.elapsed(),
        });
      return createModelStream(async function* () {
        const errorCode = "model.stream_cut";
        const failed = attempt(first, "first");
        let begun = false;
        try {
          yield await failed.open();
          begun = true;
          while (!failed.finish) yield await failed.next();
        } catch {
          const taken = attempt(second, how === "restart" ? "failover" : "continuation");
          const events = await taken.open();
          yield begun
            ? events.map((event) => (event.type === "start" ? { ...event, type: how, errorCode } : event))
            : events;
          while (!taken.finish) yield await taken.next();
        } finally {
          await failed.abandon();
        }
      }, call);
    },
  };
}
