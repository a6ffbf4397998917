import { createClient } from "@salesagent/client";

/** Made once; cookies say who asks. */
export const client = createClient({ url: "/sales" });
