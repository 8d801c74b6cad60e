import { asProblem } from "@/api/problem";
import { useText } from "@/text/text";
import { ErrorState, MissingState } from "@/ui/states";

// A page whose object did not come: gone and foreign look the same.
export function LoadFailed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const t = useText().common;
  const problem = asProblem(error);
  if (problem.status === 404) return <MissingState />;
  return <ErrorState hint={problem.title || t.failedHint} onRetry={onRetry} />;
}
