import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { KeyRound, LogOut, MonitorSmartphone, Signature } from "lucide-react";
import { client, value } from "@/api/client";
import { useActing } from "@/features/session/acting";
import { briefAgency, positionLine, useMe } from "@/features/session/me";
import { useWording, type Language } from "@/text/text";
import { Menu, MenuChoice, MenuHeading, MenuItem, MenuLine } from "@/ui/menu";
import { setDensity, setTheme, useDensity, useTheme } from "../preferences";
import css from "./desk.module.css";

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const last = words.at(-1)?.[0] ?? "";
  return (words.length > 1 ? (words[0]?.[0] ?? "") : "") + last;
}

// Who I am, under which position I act, and how the desk looks to me.
export function PersonMenu() {
  const { text, language, setLanguage } = useWording();
  const t = text.shell;
  const me = useMe();
  const acting = useActing();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const theme = useTheme();
  const density = useDensity();
  const change = useMutation({
    mutationFn: (next: Language) => value(client.PATCH("/api/me", { body: { language: next } })),
  });
  const signOut = useMutation({
    mutationFn: () => value(client.DELETE("/api/session")),
    onSettled: async () => {
      await navigate({ to: "/sign-in", ignoreBlocker: true });
      queries.clear();
    },
  });
  const several = me.positions.length > 1;
  const shown = acting.position ?? (several ? undefined : me.positions[0]);
  const speak = (next: Language) => {
    setLanguage(next);
    change.mutate(next);
  };
  return (
    <div className={css.up}>
      <Menu
        label={t.account}
        className={css.who}
        trigger={
          <>
            <span className={css.face}>{initials(me.fullName)}</span>
            <span className={css.name}>
              <span>{me.fullName}</span>
              <small title={shown ? positionLine(shown) : undefined}>{shown ? [shown.title, briefAgency(shown.agencyName)].filter(Boolean).join(" · ") : several ? t.actingAuto : me.login}</small>
            </span>
          </>
        }
      >
        {(close) => (
          <>
            {several ? (
              <>
                <MenuHeading>{t.actingAs}</MenuHeading>
                <MenuChoice on={acting.position === undefined} note={t.actingAutoHint} onSelect={() => acting.settle(undefined)}>
                  {t.actingAuto}
                </MenuChoice>
                {me.positions.map((p) => (
                  <MenuChoice key={p.id} on={acting.position?.id === p.id} note={positionLine({ ...p, title: "" })} onSelect={() => acting.settle(p)}>
                    {p.onBehalfOf ? `${p.title} (${t.onBehalf(p.onBehalfOf)})` : p.title}
                  </MenuChoice>
                ))}
                <MenuLine />
              </>
            ) : null}
            <MenuHeading>{t.language}</MenuHeading>
            <MenuChoice on={language === "vi"} onSelect={() => speak("vi")}>
              Tiếng Việt
            </MenuChoice>
            <MenuChoice on={language === "en"} onSelect={() => speak("en")}>
              English
            </MenuChoice>
            <MenuHeading>{t.theme}</MenuHeading>
            <MenuChoice on={theme === "auto"} onSelect={() => setTheme("auto")}>
              {t.themeAuto}
            </MenuChoice>
            <MenuChoice on={theme === "light"} onSelect={() => setTheme("light")}>
              {t.themeLight}
            </MenuChoice>
            <MenuChoice on={theme === "dark"} onSelect={() => setTheme("dark")}>
              {t.themeDark}
            </MenuChoice>
            <MenuHeading>{t.density}</MenuHeading>
            <MenuChoice on={density === "dense"} onSelect={() => setDensity("dense")}>
              {t.densityDense}
            </MenuChoice>
            <MenuChoice on={density === "roomy"} onSelect={() => setDensity("roomy")}>
              {t.densityRoomy}
            </MenuChoice>
            <MenuLine />
            <MenuItem icon={<Signature size={15} />} onSelect={() => (close(), void navigate({ to: "/me/signing" }))}>
              {t.signing}
            </MenuItem>
            <MenuItem icon={<MonitorSmartphone size={15} />} onSelect={() => (close(), void navigate({ to: "/me/sessions" }))}>
              {t.sessions}
            </MenuItem>
            <MenuItem icon={<KeyRound size={15} />} onSelect={() => (close(), void navigate({ to: "/me/password" }))}>
              {t.password}
            </MenuItem>
            <MenuItem icon={<LogOut size={15} />} onSelect={() => signOut.mutate()}>
              {t.signOut}
            </MenuItem>
          </>
        )}
      </Menu>
    </div>
  );
}
