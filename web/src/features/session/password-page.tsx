import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useText } from "@/text/text";
import { Narrow, Page } from "@/ui/page";
import { useToast } from "@/ui/toast";
import { meQuery } from "./me";
import { PasswordForm } from "./password-form";
import css from "./session.module.css";

export function PasswordPage() {
  const t = useText().session;
  const toast = useToast();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const done = async () => {
    toast({ text: t.changed });
    await queries.invalidateQueries({ queryKey: meQuery.queryKey });
    await navigate({ to: "/" });
  };
  return (
    <Page title={t.changeTitle}>
      <Narrow>
        <div className={css.narrow}>
          <PasswordForm onDone={() => void done()} />
        </div>
      </Narrow>
    </Page>
  );
}
