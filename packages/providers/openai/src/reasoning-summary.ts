/** How much of its reasoning a model is asked to tell. */
export type ReasoningSummary = "auto" | "concise" | "detailed";
