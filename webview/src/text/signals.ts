// Names of Linux signals, by number.
const names =
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS".split(
    " ",
  );

/** `SIGKILL` for 9; `signal 40` for one without a name. */
export const signalName = (signal: number): string => {
  const name = names[signal - 1];
  return name === undefined ? `signal ${signal}` : `SIG${name}`;
};
