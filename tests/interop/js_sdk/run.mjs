// Runs one scenario: node run.mjs NAME ADDRESS
import * as encryption from "./encryption.mjs";
import * as scenarios from "./scenarios.mjs";
import * as sliding from "./sliding.mjs";

const [name, address] = process.argv.slice(2);
await { ...scenarios, ...encryption, ...sliding }[name](address);
process.exit(0);
