// Every name that package.json and the code share; a test compares the two, both ways.

export const commands = {
  connect: "runglass.connect",
  openRunLog: "runglass.openRunLog",
  reopenRunLog: "runglass.reopenRunLog",
  openMonitor: "runglass.openMonitor",
  openMonitorInPanel: "runglass.openMonitorInPanel",
  disconnect: "runglass.disconnect",
  reconnect: "runglass.reconnect",
  removeRun: "runglass.removeRun",
  saveRunLog: "runglass.saveRunLog",
  exportRun: "runglass.exportRun",
  sendComment: "runglass.sendComment",
  forgetToken: "runglass.forgetToken",
  showOutput: "runglass.showOutput",
  insertMonitorStep: "runglass.insertMonitorStep",
  createSetupSteps: "runglass.createSetupSteps",
  switchToBlock: "runglass.switchToBlock",
  convertToRunglass: "runglass.convertToRunglass",
  convertToHardenRunner: "runglass.convertToHardenRunner",
  copyAllowlist: "runglass.copyCopilotAllowlist",
  addAllowlist: "runglass.addCopilotAllowlist",
  showWhatRanHere: "runglass.showWhatRanHere",
  useSessionLog: "runglass.useSessionLog",
} as const;

/** Commands that GitHub's bundle carries out. */
export const gitHubCommands = {
  signIn: "runglass.signIn",
  setGitHubToken: "runglass.setGitHubToken",
  removeGitHubToken: "runglass.removeGitHubToken",
  watchPullRequest: "runglass.watchPullRequest",
  unwatchPullRequest: "runglass.unwatchPullRequest",
  watchSession: "runglass.watchSession",
  connectDirectly: "runglass.connectDirectly",
  openPullRequest: "runglass.openPullRequest",
  openOnGitHub: "runglass.openOnGitHub",
  refreshSessions: "runglass.refreshSessions",
  addMonitorStep: "runglass.addMonitorStep",
  showRateLimit: "runglass.showRateLimit",
} as const;

/** Commands that a monitor page carries out. */
export const pageCommands = {
  "runglass.focusFilter": "focusFilter",
  "runglass.toggleFollow": "toggleFollow",
  "runglass.expandAll": "expandAll",
  "runglass.collapseAll": "collapseAll",
  "runglass.toggleDetails": "toggleDetails",
  "runglass.toggleTimeline": "toggleTimeline",
  "runglass.copyCell": "copyCell",
  "runglass.copyRow": "copyRow",
  "runglass.copyCommandLine": "copyCommandLine",
  "runglass.copyJson": "copyJson",
  "runglass.copyPolicyEntry": "copyPolicyEntry",
  "runglass.copyAllowlistEntry": "copyAllowlistEntry",
  "runglass.copyCurl": "copyCurl",
  "runglass.showProcesses": "showProcesses",
  "runglass.showNetwork": "showNetwork",
  "runglass.showFiles": "showFiles",
  "runglass.showInProcesses": "showInProcesses",
  "runglass.openDiff": "openDiff",
  "runglass.allowEndpoint": "allowEndpoint",
  "runglass.commentOnPull": "commentOnPull",
  "runglass.showKeys": "showHelp",
} as const;

export const views = {
  runs: "runglass.runs",
  sessions: "runglass.sessions",
  monitor: "runglass.monitorView",
} as const;

/** Types of editor. */
export const editors = {
  monitor: "runglass.monitor",
  runLog: "runglass.runLog",
} as const;

export const contextKeys = {
  /** The monitor has its place in the panel: there is a run, or it was asked for. */
  panel: "runglass.panel",
  /** What the Sessions view lacks: `signedOut`, `noRepository`, `noPull`, `noMonitor`, or nothing. */
  gitHub: "runglass.gitHub",
  /** Documents that are comments which are not sent yet. */
  commentDrafts: "runglass.commentDrafts",
  /** The editor that has the focus shows lines that the current run has to do with. */
  marks: "runglass.marks",
} as const;

/** Commands that only our own texts and lenses call: they are in no menu and not in the palette. */
export const ownCommands = {
  /** With a run's key and a filter: shows its monitor, narrowed to that. */
  showFiltered: "runglass.showFiltered",
  /** Copies the text of a comment that is not sent yet. */
  copyComment: "runglass.copyComment",
} as const;

export const settings = {
  openMonitorIn: "runglass.monitor.openIn",
  maxDelaySeconds: "runglass.reconnect.maxDelaySeconds",
  maxSizeMB: "runglass.liveCopy.maxSizeMB",
  lintEnabled: "runglass.lint.enabled",
  lintRules: "runglass.lint.rules",
  workflowValidation: "runglass.workflowValidation",
  diffLenses: "runglass.diff.codeLens",
  diffMarks: "runglass.diff.marks",
  gitHubUrl: "runglass.github.url",
} as const;

/** Values of a run's `contextValue` in the tree, for the when-clauses of its menus. */
export const runContexts = {
  /** Following, or trying to. */
  connected: "run.connected",
  /** The connection is lost; a try can be made at once. */
  lost: "run.lost",
  /** Can be followed again. */
  disconnected: "run.disconnected",
  ended: "run.ended",
  file: "run.file",
} as const;

/** Values of `contextValue` in the Sessions view. */
export const sessionContexts = {
  pull: "pull.known",
  /** Added by hand. */
  addedPull: "pull.added",
  session: "session",
  liveSession: "session.live",
} as const;
