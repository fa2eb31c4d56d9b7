// Whether a repository's setup steps for Copilot start our collector.

export const SETUP_STEPS_PATH = ".github/workflows/copilot-setup-steps.yml";

/** `text` of the workflow. A hint for a person, no proof: whether a session is watched is told by its log. */
export const hasMonitorStep = (text: string): boolean =>
  /^\s*(?:-\s+)?uses:\s*["']?(?:[\w.-]+\/runglass(?:\/collector)?@|\.\/collector\b)/im.test(text) ||
  /^[^#\n]*\brunglass(?:\.js)?["']?\s+(?:collect|record)\b/im.test(text);
