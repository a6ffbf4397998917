import type { Socket } from "node:net";
import { SalesAgentError } from "@salesagent/ports";

/** What is set of nodemailer's SMTP transport. */
export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly requireTLS: boolean;
  readonly ignoreTLS: boolean;
  readonly greetingTimeout: number;
  readonly socketTimeout: number;
  readonly disableFileAccess: boolean;
  readonly disableUrlAccess: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
  readonly getSocket: (
    options: unknown,
    callback: (error: Error | null, socket?: { readonly connection: Socket }) => void,
  ) => void;
}

/** The members of nodemailer that are called. */
export interface Nodemailer {
  createTransport(settings: SmtpSettings): { sendMail(mail: object): Promise<unknown> };
}

/**
 * Loads nodemailer, which the host app installs.
 *
 * @throws `config.invalid` when it is not installed.
 */
export async function loadNodemailer(): Promise<Nodemailer> {
  try {
    return await import("nodemailer");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw error;
    throw new SalesAgentError("config.invalid", {
      message: "Mail by SMTP needs the package nodemailer. Run `npm install nodemailer`.",
      facts: { option: "nodemailer" },
      replay: "safe",
      cause: error,
    });
  }
}
