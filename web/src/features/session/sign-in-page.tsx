import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { client, value } from "@/api/client";
import type { Me, SignIn } from "@/api/schema";
import { useWording, type Language } from "@/text/text";
import { Button } from "@/ui/button";
import { TextField } from "@/ui/field";
import { Mark } from "@/ui/mark";
import { meQuery } from "./me";
import { PasswordForm } from "./password-form";
import { FormProblem } from "./problem-note";
import css from "./session.module.css";

export function SignInPage({ back }: { back?: string }) {
  const { text, language, setLanguage } = useWording();
  const t = text.session;
  const router = useRouter();
  const queries = useQueryClient();
  const [mustChange, setMustChange] = useState<string>();
  // Chosen at the door it is a wish of this person, else of whoever sat here before.
  const [wish, setWish] = useState<Language>();
  const enter = async (me: Me) => {
    setLanguage(wish ?? me.language);
    if (wish && wish !== me.language) client.PATCH("/api/me", { body: { language: wish } }).catch(() => undefined);
    queries.clear();
    queries.setQueryData(meQuery.queryKey, { ...me, language: wish ?? me.language });
    await router.invalidate();
    // Only places of our own: what stands in the address bar is anybody's.
    const to = back?.startsWith("/") && !back.startsWith("//") ? back : "/";
    await router.navigate({ href: to, replace: true });
  };
  const other: Language = language === "vi" ? "en" : "vi";
  return (
    <div className={css.gate}>
      <div className={css.side}>
        <div className={css.mark}>
          <Mark size={30} /> {text.common.product}
        </div>
        <div>
          <h1>{t.headline}</h1>
          <p>{t.pitch}</p>
        </div>
        <p className={css.small}>{t.notice}</p>
      </div>
      <main className={css.wrap}>
        <Button
          look="plain"
          className={css.corner}
          lang={other}
          onClick={() => {
            setLanguage(other);
            setWish(other);
          }}
        >
          {language === "vi" ? "English" : "Tiếng Việt"}
        </Button>
        {mustChange === undefined ? (
          <SignInForm onDone={(me, password) => (me.mustChangePassword ? setMustChange(password) : void enter(me))} />
        ) : (
          <div className={css.form}>
            <h2>{t.firstTitle}</h2>
            <p>{t.firstHint}</p>
            <PasswordForm
              current={mustChange}
              onDone={() => void value(client.GET("/api/me")).then(enter)}
            />
          </div>
        )}
      </main>
    </div>
  );
}

function SignInForm({ onDone }: { onDone: (me: Me, password: string) => void }) {
  const { text } = useWording();
  const t = text.session;
  const [form, setForm] = useState<SignIn>({ login: "", password: "" });
  const signIn = useMutation({
    mutationFn: (body: SignIn) => value(client.POST("/api/session", { body })),
    onSuccess: (me, body) => onDone(me, body.password),
  });
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (form.login && form.password && !signIn.isPending) signIn.mutate({ ...form, login: form.login.trim() });
  };
  return (
    <form className={css.form} onSubmit={submit}>
      <h2>{t.title}</h2>
      <FormProblem error={signIn.error} />
      <TextField
        label={t.login}
        name="login"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
        required
        maxLength={100}
        value={form.login}
        onChange={(e) => setForm({ ...form, login: e.target.value })}
      />
      <TextField
        label={t.password}
        name="password"
        type="password"
        autoComplete="current-password"
        required
        maxLength={1000}
        value={form.password}
        onChange={(e) => setForm({ ...form, password: e.target.value })}
      />
      <Button type="submit" look="primary" busy={signIn.isPending}>
        {t.submit}
      </Button>
    </form>
  );
}
