/**
 * How many times as long work takes now as it would if nothing else ran on this machine, at least 1: the wall time of a
 * busy loop by the processor's. Limits on what a person waits for are stretched by it, as the tests share their machine.
 */
export const slowdownByOthers = (): number => {
  const start = performance.now();
  const before = process.cpuUsage();
  while (performance.now() - start < 300);
  const { user, system } = process.cpuUsage(before);
  return Math.max(1, (performance.now() - start) / ((user + system) / 1000));
};
