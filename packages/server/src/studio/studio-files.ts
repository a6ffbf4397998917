// The build puts the files of the page here, made of `packages/server/studio/src` (scripts/workspace/studio-bundle.mjs).

/** The page's script: one module. */
export const STUDIO_SCRIPT: string = "";
/** The page's style sheet. */
export const STUDIO_STYLE: string = "";
/** Changes with the files. */
export const STUDIO_TAG: string = "";
