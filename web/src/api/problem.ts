import type { Problem } from "./schema";

// A refusal as the server told it (RFC 9457), or the silence of a dead line.
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, cause?: unknown) {
    super(problem.title, { cause });
    this.name = "ProblemError";
    this.problem = problem;
  }

  static unreachable(cause: unknown): ProblemError {
    return new ProblemError({ type: "about:blank", title: "", status: 0, code: "unreachable" }, cause);
  }

  get status(): number {
    return this.problem.status;
  }

  get code(): string {
    return this.problem.code;
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "title" in body && "code" in body;
}

// A proxy or a crash may answer without a problem body.
export function problemOf(body: unknown, status: number): Problem {
  if (isProblem(body)) return body;
  return { type: "about:blank", title: "", status, code: status >= 502 ? "unreachable" : "unknown" };
}

export function asProblem(error: unknown): Problem {
  return error instanceof ProblemError
    ? error.problem
    : { type: "about:blank", title: "", status: 0, code: "unknown" };
}

// Worth another try without a person: nothing was answered, or the server is catching its breath.
export function passing(error: unknown): boolean {
  const { status, code } = asProblem(error);
  return code === "unreachable" || status === 503 || status === 502 || status === 504;
}

// The message of a field, whether the server names it `subject` or `/subject`.
export function fieldMessage(error: unknown, name: string): string | undefined {
  return asProblem(error).fields?.find((f) => f.name.replace(/^\//, "") === name)?.message;
}
