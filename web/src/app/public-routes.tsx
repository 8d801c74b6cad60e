import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "./root";

// Pages for whoever comes without an account.
const link = createRoute({
  getParentRoute: () => root,
  path: "/link/$token",
  component: lazyRouteComponent(() => import("@/features/mail/link-page"), "LinkPage"),
});

const verify = createRoute({
  getParentRoute: () => root,
  path: "/verify",
  component: lazyRouteComponent(() => import("@/features/signing/verify-page"), "VerifyPage"),
});

export const publicRoutes = [verify, link] as const;
