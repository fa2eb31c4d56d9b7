// The version of this build, put in by the bundler from package.json.
declare const RUNGLASS_VERSION: string | undefined;

/** `0.0.0-source` where the source runs unbundled. */
export const VERSION = typeof RUNGLASS_VERSION === "string" ? RUNGLASS_VERSION : "0.0.0-source";
