import { asProblem, passing } from "@/api/problem";
import { useText } from "@/text/text";
import { ProblemNote } from "@/ui/states";

interface FormProblemProps {
  error: unknown;
  // Fields whose message stands at the field itself.
  shown?: readonly string[];
}

// What the server refused, in its own words; field messages that have no field
// on this screen are listed, so that none is lost.
export function FormProblem({ error, shown = [] }: FormProblemProps) {
  const t = useText();
  if (!error) return null;
  const problem = asProblem(error);
  if (problem.code === "choose_position") return null;
  const rest = problem.fields?.filter((f) => !shown.includes(f.name.replace(/^\//, ""))) ?? [];
  const fallback = passing(error) ? t.common.lineHint : t.common.unexpected;
  const details = [
    ...(problem.detail && problem.detail !== problem.title ? [problem.detail] : []),
    ...rest.map((f) => f.message),
    ...(problem.status >= 500 && problem.requestId ? [t.common.requestId(problem.requestId)] : []),
  ];
  return <ProblemNote title={problem.title || fallback} details={details} />;
}
