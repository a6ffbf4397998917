/** The seed of a run; SEED in the environment repeats one. */
export const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
