import { fileURLToPath } from "node:url";

/** The repository's root folder, absolute, with a trailing slash. */
export const rootFolder = fileURLToPath(new URL("../../", import.meta.url));
