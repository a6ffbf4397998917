import type { Io } from "../io.js";

/** Writes a line and waits where the reader is slower; an interrupt ends the wait. */
export async function writeLine(
  { stdout, signal }: Pick<Io, "stdout" | "signal">,
  line: string,
): Promise<void> {
  if (stdout.write(`${line}\n`) !== false || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const goOn = () => {
      signal.removeEventListener("abort", goOn);
      resolve();
    };
    signal.addEventListener("abort", goOn);
    stdout.once?.("drain", goOn);
  });
}
