import { asProblem } from "@/api/problem";
import { useText } from "@/text/text";
import { ErrorState, MissingState } from "@/ui/states";
import { failureOf } from "./failure";

// A page whose object did not come: gone and foreign look the same.
export function LoadFailed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const t = useText().common;
  const failure = failureOf(error);
  if (failure === "missing") return <MissingState />;
  const { requestId, status } = asProblem(error);
  return <ErrorState failure={failure} note={status >= 500 && requestId ? t.requestId(requestId) : undefined} onRetry={onRetry} />;
}
