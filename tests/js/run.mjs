// Reads [{fn, args, expected}] from standard input, calls the functions of the module
// named on the command line, prints the first disagreements and exits 1 if there are any.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const TOLERANCE = 1e-9;

function differs(got, expected, path = "") {
  if (typeof expected === "number" && typeof got === "number") {
    const close = Math.abs(got - expected) <= TOLERANCE * Math.max(1, Math.abs(expected));
    return close || Object.is(got, expected) ? null : `${path}: got ${got}, expected ${expected}`;
  }
  if (expected && typeof expected === "object") {
    if (!got || typeof got !== "object") return `${path}: got ${got}, expected ${JSON.stringify(expected)}`;
    const keys = Object.keys(expected);
    if (Array.isArray(expected) && got.length !== expected.length) {
      return `${path}: ${got.length} elements, expected ${expected.length}`;
    }
    for (const key of keys) {
      const found = differs(got[key], expected[key], `${path}.${key}`);
      if (found) return found;
    }
    return null;
  }
  return got === expected || (got === undefined && expected === null)
    ? null : `${path}: got ${JSON.stringify(got)}, expected ${JSON.stringify(expected)}`;
}

const module = await import(pathToFileURL(process.argv[2]).href);
const cases = JSON.parse(readFileSync(0, "utf8"));
let failed = 0;
for (const { fn, args, expected } of cases) {
  let problem;
  if (typeof module[fn] !== "function") problem = `${fn} is not exported`;
  else {
    try { problem = differs(structuredClone(module[fn](...args)), expected, fn); }
    catch (error) { problem = `${fn} raised ${error}`; }
  }
  if (problem) { failed += 1; console.error(`${problem}\n  args ${JSON.stringify(args)}`); }
}
console.log(`${cases.length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
