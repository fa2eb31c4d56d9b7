// Which open documents the language server is for, told by their path: their language differs by what else is installed.

/** Where documents are that somebody may write: on disk, not saved yet, in a repository that was opened on GitHub. */
export const POLICY_SCHEMES = ["file", "untitled", "vscode-vfs"] as const;

/** Globs of the same, for those that want them. */
export const WORKFLOW_GLOBS = ["**/.github/workflows/*.{yml,yaml}", "**/action.{yml,yaml}"] as const;

/** A repository's choice of rules. */
export const CONFIG_GLOB = "**/.github/runglass.yml";

/** Any of these, by the path of a URI. */
export const isPolicyDocument = (path: string): boolean =>
  isWorkflowDocument(path) || path.endsWith("/.github/runglass.yml");

/** `path` is that of a URI. */
export const isWorkflowDocument = (path: string): boolean =>
  /\/\.github\/workflows\/[^/]+\.ya?ml$/i.test(path) || /\/action\.ya?ml$/i.test(path);
