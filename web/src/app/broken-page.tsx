import { useRouter } from "@tanstack/react-router";
import { LoadFailed } from "@/features/session/load-failed";
import { MissingState } from "@/ui/states";

export function MissingPage() {
  return <MissingState />;
}

export function BrokenPage({ error }: { error: unknown }) {
  const router = useRouter();
  return <LoadFailed error={error} onRetry={() => void router.invalidate()} />;
}
