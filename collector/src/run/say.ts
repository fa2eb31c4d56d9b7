// Messages for the user, on stderr: stdout belongs to the command that is watched.

/** One line, whatever control characters the message holds. */
export const say = (message: string): void => {
  // oxlint-disable-next-line no-control-regex
  process.stderr.write(`runglass: ${message.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, " ")}\n`);
};
