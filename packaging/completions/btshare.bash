# bash completion for btshare(1)

# What the running instance says that --state names.
_btshare_ask() {
  local state=()
  local index
  for ((index = 1; index < COMP_CWORD; index++)); do
    [[ ${COMP_WORDS[index]} == --state ]] && state=(--state "${COMP_WORDS[index + 1]}")
  done
  btshare "${state[@]}" "$@" 2>/dev/null
}

# One name a line.
_btshare_names() {
  _btshare_ask list --names
}

# Those that plugins have added.
_btshare_added() {
  _btshare_ask help --plugins | cut -f 1
}

_btshare() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local commands="share list link add get stop who drop drops accept status confirm open token reload quit config plugin paths help"
  local command="" index
  for ((index = 1; index < COMP_CWORD; index++)); do
    case ${COMP_WORDS[index]} in
      --state) ((index++)) ;;
      -*) ;;
      *) command=${COMP_WORDS[index]} && break ;;
    esac
  done
  COMPREPLY=()
  compopt -o filenames 2>/dev/null

  case $previous in
    --state | --output | -o | --in) mapfile -t COMPREPLY < <(compgen -d -- "$current"); return ;;
    --config) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --console) mapfile -t COMPREPLY < <(compgen -W "127.0.0.1:8701" -- "$current"); return ;;
    --scope) mapfile -t COMPREPLY < <(compgen -W "read share admin" -- "$current"); return ;;
    --for | --share-for) mapfile -t COMPREPLY < <(compgen -W "30m 2h 1d 7d" -- "$current"); return ;;
    --exposure) mapfile -t COMPREPLY < <(compgen -W "link private public http" -- "$current"); return ;;
    --web-seed) mapfile -t COMPREPLY < <(compgen -W "on auto off" -- "$current"); return ;;
    --format) mapfile -t COMPREPLY < <(compgen -W "v1 hybrid v2" -- "$current"); return ;;
    --public | --port | --name | --timeout | --to | --limit | --revoke | --files | --options | --title | --note | --max-file | --max-files | --max-all | --close | --delete | --tracker) return ;;
  esac

  local flags="--state --help"
  local share_flags="--config --console --public --port --name --json --quiet --verbose"
  case $command in
    "") flags+=" --version $share_flags" ;;
    list) flags+=" --json --names" ;;
    who | drops | paths) flags+=" --json" ;;
    status) flags+=" --json --diagnostics" ;;
    link) flags+=" --qr --magnet --grant --torrent --to --for --limit --list --revoke" ;;
    drop) flags+=" --title --note --for --max-file --max-files --max-all --qr --close --delete" ;;
    add) flags+=" --for --exposure --listed --web-seed --tracker --format" ;;
    open) flags+=" --print" ;;
    token) flags+=" --scope --for --list --revoke" ;;
    get) flags+=" --output --files --no-share --share-for --password-file --config --json" ;;
    quit) flags+=" --timeout" ;;
    config) flags+=" --config --json" ;;
    plugin) flags+=" --in --options --json" ;;
    help) flags+=" --plugins" ;;
    stop | confirm | reload) ;;
    *) flags+=" $share_flags" ;;
  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$current")
    return
  fi

  case $command in
    "")
      mapfile -t COMPREPLY < <(
        compgen -W "$commands $(_btshare_added)" -- "$current"
        compgen -d -- "$current"
      )
      ;;
    link | stop | who)
      local name
      while IFS= read -r name; do
        [[ $name == "$current"* ]] && COMPREPLY+=("$name")
      done < <(_btshare_names)
      ;;
    add | get) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    config) mapfile -t COMPREPLY < <(compgen -W "check show" -- "$current") ;;
    plugin)
      if [[ $previous == plugin ]]; then
        mapfile -t COMPREPLY < <(compgen -W "new check test list reload" -- "$current")
      else
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
      fi
      ;;
    help) mapfile -t COMPREPLY < <(compgen -W "$commands $(_btshare_added)" -- "$current") ;;
    list | status | confirm | open | token | reload | quit | paths) ;;
    *) mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
  esac
}

complete -F _btshare btshare
