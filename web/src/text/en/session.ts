import type { Text } from "../text";

export const session: Text["session"] = {
  title: "Sign in",
  headline: "Documents arrive the moment they are issued.",
  pitch: "Draft, approve, number, send and register in one place. See what each recipient did, and when.",
  login: "Login",
  password: "Password",
  submit: "Sign in",
  showPassword: "Show password",
  hidePassword: "Hide password",
  notice: "State secrets must not enter this system.",
  firstTitle: "Choose a new password",
  firstHint: "This password was given to you. Choose your own before you begin.",
  changeTitle: "Change password",
  current: "Present password",
  next: "New password",
  again: "New password again",
  nextHint: (n: number) => `At least ${n} characters. A sentence is easy to remember.`,
  tooShort: (n: number) => `At least ${n} characters are needed.`,
  different: "The two entries differ.",
  change: "Change password",
  changed: "Password changed. Your other sessions and your tokens have ended.",
};
