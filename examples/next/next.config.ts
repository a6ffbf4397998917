import type { NextConfig } from "next";

const config: NextConfig = {
  // Node.js packages stay as they are: drivers and what stands on them can't be bundled.
  serverExternalPackages: ["@salesagent/core", "@salesagent/storage-pg", "pg", "pg-boss"],
  turbopack: { root: import.meta.dirname },
};

export default config;
