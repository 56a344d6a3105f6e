"""What does the official Python client make of this environment and these files?

One JSON request a line on standard input, one JSON answer a line on standard output, until end of file:

    {"env": {"HOME": "/tmp/x", "MODAL_PROFILE": "prod", ...}}     the whole environment of the case
        {"read_error": "..."}, or {"read_error": null, "profile", "profiles", "settings", "logger", "client"}
    {"toml": "..."} or {"toml_base64": "..."}                     one text for the parser that the client uses
        {"ok": {...}} or {"error": "..."}

An error is always "ExceptionName: text". What the oracle itself cannot do is {"oracle_error": "..."}. The code that
answers is the official one: its own module-level statements are run again for each case, as an import would.
A variable that is not UTF-8 is written with lone surrogates, as Python's surrogateescape does.
"""

import ast
import asyncio
import base64
import inspect
import io
import json
import locale
import os
import signal
import sys
import warnings

# A case that needs longer has hung (a FIFO for a file, say): the tests are told so instead of hanging too.
PATIENCE_SECONDS = 10

# The client opens its file in the locale's encoding; the cases are about UTF-8, wherever the tests run.
if locale.getpreferredencoding(False).lower().replace("-", "") != "utf8":
    os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.argv])

# Whatever the official code prints must not get between the answers.
answers = os.fdopen(os.dup(1), "w", encoding="ascii")
os.dup2(2, 1)

# Importing reads settings already; it must not see those of the caller.
os.environ.clear()
os.environ["HOME"] = "/nonexistent"
import toml  # noqa: E402
from modal import config as official  # noqa: E402
from modal.client import _Client  # noqa: E402

warnings.simplefilter("ignore")
loop = asyncio.new_event_loop()


async def _stay_offline(_client):
    """Takes the place of `_Client._open`, which would make the connection."""


_Client._open = _stay_offline


def statements(label, wanted):
    """The module-level statements of modal.config for which `wanted` holds, compiled to be run again."""
    tree = ast.parse(inspect.getsource(official))
    body = [node for node in tree.body if wanted(node)]
    return [ast.unparse(node) for node in body], compile(ast.Module(body, []), label, "exec")


def assigns(node):
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return any(isinstance(t, ast.Name) and t.id in {"user_config_path", "_user_config", "_profile"} for t in targets)


def configures_logger(node):
    return isinstance(node, ast.Expr) and ast.unparse(node).startswith("configure_logger(")


read_text, READ = statements("<reading of modal.config>", assigns)
logger_text, CONFIGURE_LOGGER = statements("<logger of modal.config>", configures_logger)
if len(read_text) != 3 or len(logger_text) != 1:
    sys.exit(f"modal.config has changed, look at it again: {read_text} {logger_text}")


def text_of(error):
    return f"{type(error).__name__}: {error}"


def encoded(value):
    """The value as JSON that keeps 10 and 10.0, and a date and its text, apart."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return {"$float": repr(value)}
    if isinstance(value, dict):
        return {key: encoded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [encoded(item) for item in value]
    try:
        return {"$type": "datetime", "str": str(value)}
    except ValueError as error:  # the parser lets offsets of a day and more through
        return {"$type": "datetime", "error": text_of(error)}


def setting(key):
    try:
        value = official.config.get(key)
    except Exception as error:
        return {"error": text_of(error)}
    return {"value": encoded(value)}


def logger_error():
    try:
        exec(CONFIGURE_LOGGER, vars(official))
    except Exception as error:
        return text_of(error)
    finally:
        official.logger.handlers.clear()
        official.logger.setLevel("WARNING")
    return None


def client():
    try:
        made = loop.run_until_complete(_Client.from_env())
    except Exception as error:
        return {"refused": text_of(error)}
    finally:
        _Client._client_from_env = None
    return {"pair": encoded(made._credentials)}


def answer_environment(environment):
    os.environ.clear()
    os.environ.update(environment)
    try:
        exec(READ, vars(official))
    except Exception as error:
        return {"read_error": text_of(error)}
    return {
        "read_error": None,
        "profile": official._profile,
        "profiles": list(official.config_profiles()),
        "settings": {key: setting(key) for key in official._SETTINGS},
        "logger": logger_error(),
        "client": client(),
    }


def answer_toml(file):
    """`file` is what `open(path)` would have given: decoded, every kind of line end read as a newline."""
    try:
        return {"ok": encoded(toml.load(file))}
    except Exception as error:
        return {"error": text_of(error)}


def answer(request):
    if "env" in request:
        return answer_environment(request["env"])
    if "toml" in request:
        return answer_toml(io.StringIO(request["toml"], newline=None))
    raw = base64.b64decode(request["toml_base64"], validate=True)
    return answer_toml(io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))


class Hung(BaseException):
    """Not an Exception, so that the official code cannot take it for an error of the file."""


def give_up(_signal, _frame):
    raise Hung(f"no answer within {PATIENCE_SECONDS} s")


signal.signal(signal.SIGALRM, give_up)
for line in sys.stdin.buffer:
    signal.setitimer(signal.ITIMER_REAL, PATIENCE_SECONDS)
    try:
        reply = json.dumps(answer(json.loads(line)))
    except (Exception, Hung) as error:
        reply = json.dumps({"oracle_error": text_of(error)})
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    answers.write(reply + "\n")
    answers.flush()
