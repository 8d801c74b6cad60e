import { getRouteApi } from "@tanstack/react-router";
import { SignInPage } from "@/features/session/sign-in-page";

const route = getRouteApi("/sign-in");

export function SignInRoute() {
  return <SignInPage back={route.useSearch().back} />;
}
