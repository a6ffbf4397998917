import { type AddressInfo, createServer, type Socket } from "node:net";

/** What a test's mail server says: to each command by its first word, or nothing at all for `hang`. */
export type SmtpReplies = Readonly<Record<string, string | "hang" | "drop">>;

export interface TestSmtpServer extends AsyncDisposable {
  readonly port: number;
  /** Commands as they came, and mails as one text each. */
  readonly commands: readonly string[];
  readonly mails: readonly string[];
  /** Settles when no connection is open any more. */
  readonly idle: () => Promise<void>;
  /** Settles when a command of this name came. */
  readonly saw: (name: string) => Promise<void>;
}

const POLITE: SmtpReplies = {
  EHLO: "250-test\r\n250 AUTH PLAIN",
  AUTH: "235 fine",
  DATA: "354 go on",
  STARTTLS: "502 unknown",
  ".": "250 kept",
  QUIT: "221 bye",
};

/** A mail server on this machine that speaks enough SMTP for one test. */
export async function smtpServer(replies: SmtpReplies = {}): Promise<TestSmtpServer> {
  const said: SmtpReplies = { ...POLITE, ...replies };
  const commands: string[] = [];
  const mails: string[] = [];
  const sockets = new Set<Socket>();
  const waiting: (() => void)[] = [];
  const watching = new Map<string, () => void>();
  const answer = (socket: Socket, name: string) => {
    watching.get(name)?.();
    const reply = said[name] ?? "250 ok";
    if (reply === "drop") socket.destroy();
    else if (reply !== "hang") socket.write(`${reply}\r\n`);
  };
  const server = createServer((socket) => {
    let rest = "";
    let mail: string[] | undefined;
    const takeLine = (line: string) => {
      if (mail && line !== ".") return void mail.push(line);
      if (mail) {
        mails.push(mail.join("\n"));
        mail = undefined;
        return answer(socket, ".");
      }
      commands.push(line);
      const name = line.split(/[ :]/)[0]?.toUpperCase() ?? "";
      if (name === "DATA" && said["DATA"]?.startsWith("354")) mail = [];
      answer(socket, name);
    };
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => {
      sockets.delete(socket);
      if (sockets.size === 0) for (const resolve of waiting.splice(0)) resolve();
    });
    socket.on("data", (bytes) => {
      const lines = (rest + bytes.toString()).split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) takeLine(line);
    });
    socket.write("220 test\r\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    commands,
    mails,
    idle: () => (sockets.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    saw: (name) => new Promise((resolve) => watching.set(name, resolve)),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
