import { type Replay, SalesAgentError } from "@salesagent/ports";
import { unreachable } from "../egress/unreachable.js";
import { type ServiceFailureCode, serviceFailure } from "../services/service-failure.js";

/** What was known of a connection when a mail failed. */
export interface FailedMail {
  readonly connected: boolean;
  readonly secrets: readonly string[];
}

/** Failures before the mail itself was handed over, in nodemailer's words. */
const BEFORE_THE_MAIL = new Set(["EAUTH", "ETLS", "EENVELOPE", "EREQUIRETLS"]);

/**
 * The error of a mail that failed. A server that said no, and a connection that never stood, took no mail; one that broke off
 * may have.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1
 */
export function smtpFailure(host: string, error: unknown, { connected, secrets }: FailedMail): Error {
  if (SalesAgentError.is(error)) return error;
  const { code, responseCode } = readFailure(error);
  const replay: Replay =
    !connected || responseCode !== undefined || BEFORE_THE_MAIL.has(code ?? "") ? "safe" : "unsafe";
  if (responseCode === undefined && code !== "EAUTH") return unreachable(host, error, replay);
  const facts = {
    ...(responseCode === undefined ? {} : { status: responseCode }),
    ...(code === undefined ? {} : { vendorCode: code }),
  };
  return serviceFailure({ service: host, secrets }, codeOf(code, responseCode), {
    facts,
    words: "",
    replay,
    cause: error,
  });
}

function codeOf(code: string | undefined, responseCode = 0): ServiceFailureCode {
  if (code === "EAUTH") return "service.auth";
  if (responseCode === 450 || responseCode === 451 || responseCode === 452) return "service.rate_limited";
  return responseCode >= 500 ? "service.refused" : "service.unavailable";
}

function readFailure(error: unknown): { readonly code?: string; readonly responseCode?: number } {
  if (!(error instanceof Error)) return {};
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const responseCode =
    "responseCode" in error && typeof error.responseCode === "number" ? error.responseCode : undefined;
  return {
    ...(code === undefined ? {} : { code }),
    ...(responseCode === undefined ? {} : { responseCode }),
  };
}
