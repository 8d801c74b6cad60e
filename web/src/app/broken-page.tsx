import { useRouter } from "@tanstack/react-router";
import { asProblem } from "@/api/problem";
import { useText } from "@/text/text";
import { ErrorState, MissingState } from "@/ui/states";

export function MissingPage() {
  return <MissingState />;
}

export function BrokenPage({ error }: { error: unknown }) {
  const t = useText().common;
  const router = useRouter();
  return <ErrorState hint={asProblem(error).title || t.unexpected} onRetry={() => void router.invalidate()} />;
}
