import { connect, type Socket } from "node:net";
import { onAbort, untilAborted } from "@salesagent/ports";
import type { MailMessage, MailTransport } from "../ports/mail-transport.js";
import { type ApiKey, resolveApiKey } from "../services/api-key.js";
import { loadNodemailer, type SmtpSettings } from "./nodemailer.js";
import { smtpFailure } from "./smtp-failure.js";

export interface SmtpOptions {
  readonly host: string;
  /** @defaultValue 465 for `tls: "at-once"`, else 587 */
  readonly port?: number | undefined;
  /**
   * `at-once` speaks TLS from the first byte, `required` begins it by STARTTLS and sends nothing without, `never` is for servers
   * on this machine.
   * @defaultValue "required"
   */
  readonly tls?: "at-once" | "required" | "never" | undefined;
  readonly user?: string | undefined;
  readonly password?: ApiKey | undefined;
  /** How long the server may be silent, in milliseconds. @defaultValue 30_000 */
  readonly silenceMs?: number | undefined;
}

/**
 * Sends mail by SMTP, through nodemailer, which is loaded at the first mail: `npm install nodemailer`. Each mail has a
 * connection of its own, which ends with its signal. Whether a mail whose connection broke went out, SMTP can't tell.
 *
 * @throws TypeError or RangeError naming the option.
 */
export function smtp(options: SmtpOptions): MailTransport {
  const { host, tls = "required", port = tls === "at-once" ? 465 : 587, silenceMs = 30_000 } = options;
  if (host.trim() === "") throw new TypeError("smtp.host is empty");
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new RangeError(`smtp.port must be 1–65535, got ${port}`);
  if (!(silenceMs > 0)) throw new RangeError(`smtp.silenceMs must be > 0, got ${silenceMs}`);
  const settings = {
    host,
    port,
    secure: tls === "at-once",
    requireTLS: tls === "required",
    ignoreTLS: tls === "never",
    greetingTimeout: silenceMs,
    socketTimeout: silenceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  return {
    port: "mail-transport/1",
    provider: "smtp",
    async send(message, { signal } = {}) {
      signal?.throwIfAborted();
      const [nodemailer, auth] = await Promise.all([loadNodemailer(), authOf(options)]);
      signal?.throwIfAborted();
      const connection = openConnection(host, port);
      const release = signal ? onAbort(signal, () => connection.socket.destroy()) : () => {};
      const sender = nodemailer.createTransport({ ...settings, ...auth, getSocket: connection.getSocket });
      try {
        await untilAborted(sender.sendMail(toMail(message)), signal);
      } catch (error) {
        signal?.throwIfAborted();
        throw smtpFailure(host, error, { connected: connection.isOpen(), secrets: [auth.auth?.pass ?? ""] });
      } finally {
        release();
        connection.socket.destroy();
      }
    },
  };
}

async function authOf({ user, password }: SmtpOptions): Promise<Pick<SmtpSettings, "auth">> {
  if (user === undefined || password === undefined) return {};
  return { auth: { user, pass: await resolveApiKey("smtp", password) } };
}

/** A connection of our own, so that it can be cut, and so that it is known whether it ever stood. */
function openConnection(host: string, port: number) {
  const socket: Socket = connect({ host, port });
  let isOpen = false;
  const getSocket: SmtpSettings["getSocket"] = (_options, callback) => {
    socket.once("error", callback);
    socket.once("connect", () => {
      isOpen = true;
      socket.off("error", callback);
      callback(null, { connection: socket });
    });
  };
  return { socket, isOpen: () => isOpen, getSocket };
}

function toMail({ from, to, replyTo, subject, text, messageId, inReplyTo, headers }: MailMessage) {
  return {
    from,
    to: { name: "", address: to }, // as it is: parsed, a comma would make two of it
    subject,
    text,
    messageId,
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(inReplyTo === undefined ? {} : { inReplyTo, references: inReplyTo }),
    ...(headers === undefined ? {} : { headers }),
  };
}
