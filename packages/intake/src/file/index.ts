export { fileRejects } from "./file-rejects.js";
export { fileSource } from "./file-source.js";
