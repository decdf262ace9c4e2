#!/usr/bin/env node
let reopen = (): void => {};
// Before anything is loaded: SIGUSR1 opens Node's inspector as long as nobody listens to it.
process.on('SIGUSR1', () => reopen());

const { main } = await import('./program.js');
await main((reopenLogs) => (reopen = reopenLogs));
