/** Next calls it once, when the server begins. */
export async function register(): Promise<void> {
  if (process.env["NEXT_RUNTIME"] !== "nodejs") return;
  const { begin } = await import("./lib/begin");
  await begin();
}
