import { useMutation, useQueryClient, type QueryKey } from "@tanstack/react-query";
import { useRef } from "react";
import { IntentKey } from "@/api/key";
import { asProblem, passing, ProblemError } from "@/api/problem";
import { useText } from "@/text/text";
import { misread } from "@/ui/date-field";
import { useToast } from "@/ui/toast";
import { useActing } from "./acting";

export interface CommandHeaders {
  "Idempotency-Key": string;
  "Congvan-Position"?: string;
}

interface CommandOptions<In, Out> {
  run: (input: In, headers: CommandHeaders) => Promise<Out>;
  // The agency of what is acted on; it narrows the question of the position.
  agencyId?: string;
  onDone?: (out: Out, input: In) => void;
  // What is no longer true afterwards.
  spoils: readonly QueryKey[];
  said?: (out: Out, input: In) => string | undefined;
  // Without a form to show it in, a refusal is told by a toast.
  tell?: boolean;
}

// An act on the server: with a key, so that repeating it after a cut line does
// it once; under a position, asking for it when several fit; and with the lists
// it changed read again.
export function useCommand<In, Out>(options: CommandOptions<In, Out>) {
  const acting = useActing();
  const queries = useQueryClient();
  const toast = useToast();
  const t = useText().common;
  const intent = useRef(new IntentKey());
  return useMutation<Out, Error, In>({
    retry: (count, error) => count < 3 && passing(error),
    retryDelay: (count) => [500, 2000, 5000][count] ?? 5000,
    mutationFn: async (input) => {
      if (misread()) throw new ProblemError({ type: "about:blank", title: t.badDay, status: 422, code: "misread_day" });
      const key = { "Idempotency-Key": intent.current.of(input) };
      try {
        return await options.run(input, { ...key, ...acting.header(options.agencyId) });
      } catch (error) {
        if (!(error instanceof ProblemError) || error.code !== "choose_position") throw error;
        const position = await acting.ask(options.agencyId);
        if (position === undefined) throw error;
        return options.run(input, { ...key, "Congvan-Position": position });
      }
    },
    onSuccess: (out, input) => {
      intent.current.done();
      const said = options.said?.(out, input);
      if (said) toast({ text: said });
      options.onDone?.(out, input);
    },
    onError: (error) => {
      const problem = asProblem(error);
      if (problem.code === "choose_position") return;
      if (problem.code === "stale") toast({ text: t.stale, wrong: true });
      else if (options.tell) {
        toast({
          text: problem.title || (passing(error) ? t.offline : t.unexpected),
          note: problem.requestId ? t.requestId(problem.requestId) : undefined,
          wrong: true,
        });
      }
    },
    onSettled: () => Promise.all(options.spoils.map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
}
