// Loaded before Azurite: ends it when the pipe on standard input closes, which happens however its parent goes,
// kill -9 included. A SIGTERM makes Azurite write its tables to disk first.
process.stdin.on("error", () => {});
process.stdin.on("close", () => process.kill(process.pid, "SIGTERM"));
process.stdin.resume();
process.stdin.unref(); // the pipe must not keep Azurite alive once it has closed its servers
