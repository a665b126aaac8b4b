-- Who speaks to the person at the terminal, in the language that their environment asks for.
return require("btshare.i18n").terminal_speaker(os.getenv)
