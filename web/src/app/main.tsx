import "@fontsource-variable/source-sans-3/wght.css";
import "@fontsource-variable/source-sans-3/wght-italic.css";
import "@/ui/tokens.css";
import "@/ui/base.css";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { asProblem, passing } from "@/api/problem";
import { meQuery } from "@/features/session/me";
import { WordingProvider } from "@/text/wording";
import { ToastProvider } from "@/ui/toast";
import { makeRouter } from "./router";

// A session that ended elsewhere leads to the door from wherever it is noticed.
function noticeEnd(error: unknown) {
  const away = router.state.location.pathname === "/sign-in";
  if (asProblem(error).status !== 401 || away) return;
  queries.removeQueries({ queryKey: meQuery.queryKey });
  void router.navigate({ to: "/sign-in", search: { back: router.state.location.href }, ignoreBlocker: true });
}

const queries = new QueryClient({
  queryCache: new QueryCache({ onError: noticeEnd }),
  mutationCache: new MutationCache({ onError: noticeEnd }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) => count < 2 && passing(error),
      // Changes come by themselves; coming back to the tab still reads what is old.
      refetchOnWindowFocus: true,
    },
  },
});
const router = makeRouter(queries);

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <WordingProvider>
        <ToastProvider>
          <QueryClientProvider client={queries}>
            <RouterProvider router={router} />
          </QueryClientProvider>
        </ToastProvider>
      </WordingProvider>
    </StrictMode>,
  );
}
