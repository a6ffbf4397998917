/** @throws Error where this Node.js is too old to run the packages. */
export function requireNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isSupported = major > 20 || (major === 20 && minor >= 19);
  if (!isSupported) {
    throw new Error(`Node.js 20.19 or newer is needed; this is ${version} (${process.execPath}).`);
  }
}
