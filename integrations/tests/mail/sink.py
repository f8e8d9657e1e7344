"""A mail server that delivers nothing: what it takes, it tells as JSON, a line each.

The first line of its output has its port. It ends when its input does. What it
does with a mail depends on the address: see REPLIES and handle_RCPT.
"""

import argparse
import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

# As servers do, they repeat the address. The second has no enhanced code.
REPLIES = {
    "refused": "550 5.1.1 <{}>: no such user here",
    "later": "451 <{}>: greylisted, come back in a minute",
    "unwanted": "553 5.7.1 <{}>: sender does not belong to the user",
}


def tell(event, **facts):
    print(json.dumps({"event": event, **facts}), flush=True)


def reply(address):
    return REPLIES.get(address.partition("@")[0], "250 OK").format(address)


class Handler:
    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return reply(address)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("hang@"):
            tell("hanging")
            await asyncio.Event().wait()
        envelope.rcpt_tos.append(address)
        return reply(address)

    async def handle_DATA(self, server, session, envelope):
        if any(to.startswith("spam@") for to in envelope.rcpt_tos):
            return "554 5.7.0 this looks like spam to us"
        session.is_over = any(to.startswith("last@") for to in envelope.rcpt_tos)
        wrapped = server.transport.get_extra_info("sslcontext")
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        tell(
            "mail",
            connection=session.peer[1],
            encrypted=bool(session.ssl or wrapped),
            user=session.auth_data and session.auth_data.login.decode(),
            sender=envelope.mail_from,
            recipients=envelope.rcpt_tos,
            raw=envelope.content.decode("ascii"),
            headers=[[name, str(value)] for name, value in message.items()],
            parts=[
                [part.get_content_type(), part.get_content().replace("\r\n", "\n")]
                for part in message.walk()
                if not part.is_multipart()
            ],
        )
        return "250 OK"

    async def handle_NOOP(self, server, session, envelope, argument):
        if getattr(session, "is_over", False):
            return "421 4.4.2 you were idle for too long"
        return "250 OK"


def authenticator(user, password):
    def check(server, session, envelope, mechanism, data):
        if (data.login, data.password) == (user.encode(), password.encode()):
            return AuthResult(success=True, auth_data=data)
        # Unless it is left to the server to answer, the client waits forever.
        return AuthResult(success=False, handled=False)

    return check


async def serve(options):
    tls = None
    if options.tls != "none":
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(options.certificate, options.key)
    starttls = options.tls == "starttls"

    def session():
        return SMTP(
            Handler(),
            hostname="sink.example",
            tls_context=tls if starttls else None,
            require_starttls=starttls,
            auth_required=options.user is not None,
            auth_require_tls=starttls,
            auth_exclude_mechanism=["LOGIN", "PLAIN"] if options.no_login else None,
            authenticator=authenticator(options.user or "", options.password or ""),
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        session, "127.0.0.1", 0, ssl=tls if options.tls == "wrapped" else None
    )
    tell("ready", port=server.sockets[0].getsockname()[1])
    await loop.run_in_executor(None, sys.stdin.read)


parser = argparse.ArgumentParser()
parser.add_argument("--tls", choices=["none", "starttls", "wrapped"], required=True)
parser.add_argument("--certificate")
parser.add_argument("--key")
parser.add_argument("--no-login", action="store_true")
parser.add_argument("--user")
parser.add_argument("--password")
asyncio.run(serve(parser.parse_args()))
