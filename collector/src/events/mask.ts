/** What stands in the log where a secret stood. */
export const MASK = "***";
