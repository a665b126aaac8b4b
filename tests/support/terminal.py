# Runs a command on a terminal of its own: terminal.py PROMPT ANSWER… -- COMMAND…
# Each time the prompt comes, the next answer is typed; what the terminal shows goes to stdout.
# SIGTERM is passed on to the command.
import os, pty, signal, sys, termios

words = sys.argv[1:]
split = words.index("--")
prompt, answers, command = words[0].encode(), words[1:split], words[split + 1:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
shown, seen = b"", 0
while True:
    try:
        piece = os.read(terminal, 4096)
    except OSError:
        piece = b""
    if not piece:
        break
    shown += piece
    os.write(1, piece)
    if answers and prompt in shown[seen:]:
        seen = len(shown)
        os.write(terminal, answers.pop(0).encode() + b"\r")
if not termios.tcgetattr(terminal)[3] & termios.ECHO:
    sys.exit("the terminal was left without echo")
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status) % 256)
