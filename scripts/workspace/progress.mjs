/**
 * Does one piece of preparation and says so on standard error, which leaves standard output to the program.
 *
 * @param {string} name
 * @param {() => Promise<void>} work
 */
export async function step(name, work) {
  process.stderr.write(`${name}…\n`);
  const startedAt = performance.now();
  await work();
  process.stderr.write(`${name}: done in ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
}

/**
 * Runs a script's main function. What it throws is told in one message, without a stack, and the exit code is 1.
 *
 * @param {() => Promise<number | void>} main Resolves to the exit code; nothing means 0.
 */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
