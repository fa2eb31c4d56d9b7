// The formats that a run is exported in.

export const exportFormats = {
  markdown: {
    label: "Markdown Report",
    extension: "md",
    description: "for people: what ran, connected, changed, and what of it was not allowed",
  },
  har: { label: "HAR", extension: "har", description: "the HTTP requests, for browsers' tools and proxies" },
  ndjson: { label: "NDJSON", extension: "ndjson", description: "the log itself, byte for byte, with its seals" },
  sarif: {
    label: "SARIF",
    extension: "sarif",
    description: "findings and what the policy does not allow, at their lines, for code scanning",
  },
} as const;

export type ExportFormat = keyof typeof exportFormats;

export const isExportFormat = (value: unknown): value is ExportFormat =>
  typeof value === "string" && Object.hasOwn(exportFormats, value);

const LONGEST_NAME = 60;

/** A name that is one on every system, made of any text. */
export const fileNameOf = (title: string, format: ExportFormat): string => {
  const name = title
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, "-")
    .replaceAll(/^[-.]+|[-.]+$/g, "")
    .slice(0, LONGEST_NAME)
    .replaceAll(/[-.]+$|[\p{Cs}]/gu, "");
  return `${name === "" ? "run" : name}.${exportFormats[format].extension}`;
};
