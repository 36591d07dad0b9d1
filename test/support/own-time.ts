/** Milliseconds that this process worked meanwhile: how busy the machine is with others is not in it. */
export const ownTime = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user / 1_000;
};
