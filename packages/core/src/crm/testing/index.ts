export { CONVERGENCE_TRAITS } from "./convergence-traits.js";
export { type ConvergenceReport, runConvergence } from "./run-convergence.js";
export { type ProofReport, runEqualStamps, runLostCreates } from "./run-proofs.js";
