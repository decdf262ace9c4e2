import { readdirSync, readFileSync } from 'node:fs';

/** CPU time that a process has used so far, all its threads together, in seconds. */
export function cpuOf(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).reduce((sum, task) => {
    // Nanoseconds on the CPU, nanoseconds of waiting for it, time slices.
    const [running] = readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ');
    return sum + Number(running) / 1e9;
  }, 0);
}

/** Resident memory of a process, in KB. */
export function residentOf(pid: number): number {
  const [, kilobytes] =
    /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes);
}
