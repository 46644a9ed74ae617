/** The server in words: one function, and an error that carries what the server said. */

/** A refusal, with the sentence that says what was expected, what came and what to do. */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {{title?: string, detail?: string, errors?: {field: string, message: string}[]}} problem
   */
  constructor(status, problem) {
    super(problem.detail || problem.title || `The server answered ${status}.`);
    this.status = status;
    this.errors = problem.errors ?? [];
  }
}

/** The server could not be reached at all. */
export class Unreachable extends Error {
  constructor() {
    super("The server does not answer.");
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {{accept?: string, type?: string, signal?: AbortSignal}} [options]
 * @returns {Promise<any>} JSON, or an ArrayBuffer for application/octet-stream, or words for text/plain
 */
export async function call(method, path, body, { accept = "application/json", type = "application/json", signal } = {}) {
  const payload = body === undefined ? undefined : type === "application/json" ? JSON.stringify(body) : /** @type {BodyInit} */ (body);
  const headers = { Accept: accept, ...(payload === undefined ? {} : { "Content-Type": type }) };
  let response;
  try {
    response = await fetch(path, { method, headers, body: payload, signal, credentials: "same-origin" });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Unreachable();
  }
  if (!response.ok) throw new Refusal(response.status, await response.json().catch(() => ({})));
  if (response.status === 204) return null;
  if (accept === "text/plain") return response.text();
  return accept === "application/octet-stream" ? response.arrayBuffer() : response.json();
}

/** What the server refuses is said in the panel that asked; anything else is an error still. @param {any} error */
export function refusal(error) {
  if (!(error instanceof Refusal)) throw error;
  return { refused: error.message };
}

/** @param {string} id @param {string} [rest] */
export const sessionPath = (id, rest = "") => `/api/sessions/${id}${rest && `/${rest}`}`;
