// Runs one scenario: node run.mjs NAME ADDRESS
import * as scenarios from "./scenarios.mjs";

const [name, address] = process.argv.slice(2);
await scenarios[name](address);
process.exit(0);
