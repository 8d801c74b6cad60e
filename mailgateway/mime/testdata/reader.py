"""Reads the mails of a folder with programs that are not ours, and prints what
they find: Python's email and zipfile, tnef for winmail.dat, openssl for S/MIME.

One line of JSON for each mail: its name, its subject, and the files in it, each
with name and sha256. Containers are replaced by what stands in them.
"""
import email, email.policy, hashlib, io, json, os, subprocess, sys, tempfile, unicodedata, urllib.parse, zipfile


def run(arguments, data):
    return subprocess.run(arguments, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def winmail(data):
    """tnef unpacks into a folder; the order of its listing is that of the mail."""
    with tempfile.TemporaryDirectory() as folder:
        run(["tnef", "--number-backups", "--unix-paths", "-C", folder], data)
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), "rb") as f:
                data = f.read()
            if data[16:20] == b"\x78\x9f\x3e\x22":  # a message in the message, behind the name of its sort
                yield from winmail(data[16:])
            else:
                yield from opened(urllib.parse.unquote(name), data)


def archive(name, data):
    try:
        z = zipfile.ZipFile(io.BytesIO(data))
        entries = z.infolist()
        if any(e.flag_bits & 1 for e in entries) or any(e.filename == "[Content_Types].xml" for e in entries):
            raise zipfile.BadZipFile
        if sum(e.file_size for e in entries) > 16 << 20:
            raise zipfile.BadZipFile  # neither reader unpacks a bomb
        for e in entries:
            if not e.is_dir():
                yield from opened(os.path.basename(e.filename.replace("\\", "/")), z.read(e))
    except (zipfile.BadZipFile, NotImplementedError):
        yield name, data


def signed(name, data):
    """openssl gives the content without judging the certificate."""
    done = run(["openssl", "cms", "-verify", "-noverify", "-inform", "DER", "-binary"], data)
    if done.returncode != 0 and not done.stdout:
        yield name, data
    elif done.stdout[:13].lower() in (b"content-type:", b"mime-version:"):
        yield from mail(email.message_from_bytes(done.stdout, policy=email.policy.default))
    else:
        yield from opened(name.removesuffix(".p7m"), done.stdout)


def opened(name, data):
    if data[:4] == b"\x78\x9f\x3e\x22":
        yield from winmail(data)
    elif data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        yield from archive(name, data)
    elif data[:1] == b"\x30" and (b"\x2a\x86\x48\x86\xf7\x0d\x01\x07" in data[:20]):
        yield from signed(name, data)
    elif name.endswith(".eml"):
        yield from mail(email.message_from_bytes(data, policy=email.policy.default))
    else:
        yield name, data


def mail(message):
    for part in message.walk():
        kind, name = part.get_content_type(), part.get_filename()
        if part.is_multipart() or kind == "message/rfc822":
            continue
        if kind in ("text/plain", "text/html") and part.get_content_disposition() != "attachment" and not name:
            continue
        yield from opened(unicodedata.normalize("NFC", name or ""), part.get_payload(decode=True) or b"")


for file in sorted(os.listdir(sys.argv[1])):
    if not file.endswith(".eml"):
        continue
    with open(os.path.join(sys.argv[1], file), "rb") as f:
        message = email.message_from_bytes(f.read(), policy=email.policy.default)
    try:
        files = [{"Name": n, "SHA256": hashlib.sha256(d).hexdigest()} for n, d in mail(message)]
        answer = {"Mail": file[:-4], "Subject": unicodedata.normalize("NFC", str(message["subject"] or "")), "Files": files}
    except Exception as e:  # what breaks the other reader is told, too
        answer = {"Mail": file[:-4], "Error": type(e).__name__}
    print(json.dumps(answer).encode("utf-8", "replace").decode())
