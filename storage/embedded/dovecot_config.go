package embedded

import "text/template"

// dovecotConfig is the whole configuration: nothing of the system's own is read.
// Passwords travel in the clear, because every port is on this machine.
// A master that is not root can neither change root nor user, so there all
// services run where and as whom it runs.
var dovecotConfig = template.Must(template.New("dovecot.conf").Parse(`
base_dir = {{.Run}}
state_dir = {{.Dir}}/state
log_path = {{.Dir}}/log
instance_name = {{.Greeting}}
login_greeting = {{.Greeting}} ready
protocols = imap lmtp{{if .RelayHost}} submission{{end}}
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
default_internal_user = {{.Users.Internal.Name}}
default_internal_group = {{.Users.Internal.Group}}
default_login_user = {{.Users.Login.Name}}
default_process_limit = 2000
default_client_limit = 4000
mail_location = maildir:{{.Dir}}/mail/%u
mail_uid = {{.Users.Mail.UID}}
mail_gid = {{.Users.Mail.GID}}
first_valid_uid = 1
first_valid_gid = 1
mail_max_userip_connections = 100
mailbox_list_index = yes
passdb {
  driver = passwd-file
  args = scheme=SSHA256 username_format=%u {{.Dir}}/users
}
userdb {
  driver = static
  args = uid={{.Users.Mail.UID}} gid={{.Users.Mail.GID}} home={{.Dir}}/mail/%u
}
namespace inbox {
  inbox = yes
  separator = /
}
service imap-login {
{{- if .Rootless}}
  chroot =
{{- end}}
  service_count = 0
  inet_listener imap {
    port = {{.IMAP}}
  }
  inet_listener imaps {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = {{.LMTP}}
  }
}
{{- if .RelayHost}}
submission_relay_host = {{.RelayHost}}
submission_relay_port = {{.RelayPort}}
service submission-login {
{{- if .Rootless}}
  chroot =
{{- end}}
  service_count = 0
  inet_listener submission {
    port = {{.Submission}}
  }
}
{{- end}}
{{- if .Rootless}}
service anvil {
  chroot =
}
service stats {
  chroot =
}
service ipc {
  chroot =
}
service imap-urlauth-login {
  chroot =
}
service dns-client {
  chroot =
}
service director {
  chroot =
}
service old-stats {
  chroot =
}
{{- end}}
`))
