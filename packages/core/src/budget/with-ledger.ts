import type { Clock, LanguageModel } from "@salesagent/ports";
import { withGuard } from "../model/with-guard.js";
import type { Ledger } from "./ledger.js";

/**
 * The same model, with every attempt on record. Around a router that is each attempt of the router's.
 *
 * @param clock - @defaultValue the machine's clock
 */
export function withLedger(model: LanguageModel, ledger: Ledger, clock?: Clock): LanguageModel {
  return withGuard(model, ledger, clock);
}
