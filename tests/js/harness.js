/** What a JavaScript test needs: name it with `test`, state it with `equal`, `deepEqual`, `close` or `ok`. */

/** @type {{name: string, body: () => void | Promise<void>}[]} */
const tests = [];

/** @param {string} name @param {() => void | Promise<void>} body */
export function test(name, body) {
  if (tests.some((each) => each.name === name)) throw new Error(`two tests are called “${name}”`);
  tests.push({ name, body });
}

/** @param {unknown} condition @param {string} [what] */
export function ok(condition, what = "the condition") {
  if (!condition) throw new Error(`${what} does not hold`);
}

/** The same value, by `Object.is`. @param {unknown} actual @param {unknown} expected */
export function equal(actual, expected) {
  if (!Object.is(actual, expected)) throw new Error(`expected ${show(expected)}, and ${show(actual)} came`);
}

/** The same structure. @param {unknown} actual @param {unknown} expected */
export function deepEqual(actual, expected) {
  const place = difference(actual, expected, "");
  if (place !== null) throw new Error(`expected ${show(expected)}, and ${show(actual)} came; they differ at “${place}”`);
}

/** Equal within a tolerance, relative above 1 and absolute below. @param {number} actual @param {number} expected */
export function close(actual, expected, tolerance = 1e-9) {
  const near = Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected));
  if (!near && !Object.is(actual, expected)) throw new Error(`expected ${expected} within ${tolerance}, and ${actual} came`);
}

/** The body throws. @param {() => void} body @param {RegExp} [message] */
export function throws(body, message = /(?:)/) {
  let thrown = null;
  try {
    body();
  } catch (error) {
    thrown = error;
  }
  if (thrown === null) throw new Error("nothing was thrown");
  if (!message.test(String(thrown))) throw new Error(`expected an error like ${message}, and ${thrown} came`);
}

/** Run every test named so far; one entry each, `error` is null where it holds. */
export async function run() {
  const results = [];
  for (const { name, body } of tests) {
    try {
      await body();
      results.push({ name, error: null });
    } catch (error) {
      results.push({ name, error: error instanceof Error ? `${error.message}\n${error.stack}` : String(error) });
    }
  }
  return results;
}

/** @param {unknown} a @param {unknown} b @param {string} place @returns {string | null} */
function difference(a, b, place) {
  if (Object.is(a, b)) return null;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return place;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return place;
  if (a instanceof Map || a instanceof Set) return difference([...a], [.../** @type {Iterable<unknown>} */ (b)], place);
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  if (left.size !== right.size) return place;
  for (const [key, value] of left) {
    const inner = right.has(key) ? difference(value, right.get(key), `${place}.${key}`) : `${place}.${key}`;
    if (inner !== null) return inner;
  }
  return null;
}

/** @param {unknown} value */
function show(value) {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
