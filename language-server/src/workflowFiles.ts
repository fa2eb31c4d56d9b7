// Which documents the language server concerns itself with: workflow files only. GitHub reads workflows from this one
// folder and does not look into folders below it.

/** True for a path or URI path of a GitHub Actions workflow file, with either slash. */
export const isWorkflowPath = (path: string): boolean =>
  /(?:^|[\\/])\.github[\\/]workflows[\\/][^\\/]+\.ya?ml$/i.test(path);
