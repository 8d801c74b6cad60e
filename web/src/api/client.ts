import createClient, { type Middleware } from "openapi-fetch";
import { ProblemError, problemOf } from "./problem";
import type { paths } from "./schema";

// Every call says in which language refusals are to be written.
const language: Middleware = {
  onRequest({ request }) {
    request.headers.set("Accept-Language", document.documentElement.lang || "vi");
    return request;
  },
};

export const client = createClient<paths>({ baseUrl: "/", credentials: "same-origin" });
client.use(language);

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

// Turns an answer into its value, or throws what was refused.
export async function value<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch (cause) {
    throw ProblemError.unreachable(cause);
  }
  if (!answer.response.ok) {
    throw new ProblemError(problemOf(answer.error, answer.response.status));
  }
  return answer.data as T;
}

// If-Match of an edit: the version that was read.
export function ifMatch(object: { version: number }): { "If-Match": string } {
  return { "If-Match": `"${object.version}"` };
}
