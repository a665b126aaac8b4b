#compdef btshare
# zsh completion for btshare(1)

# What the running instance says that --state names, before the command or behind it.
_btshare_ask() {
  (( $+opt_args[--state] )) && state_before=(--state ${(Q)opt_args[--state]})
  btshare $state_before "$@" 2>/dev/null
}

_btshare_shares() {
  local -a names
  names=(${(f)"$(_btshare_ask list --names)"})
  compadd -a names
}

# Those that plugins have added: "name:what it does".
_btshare_added() {
  local -a added
  added=(${(f)"$(_btshare_ask help --plugins | sed 's/:/\\:/g; s/\t/:/')"})
  (( $#added )) && _describe -t added 'command of a plugin' added
}

_btshare() {
  local -a commands share_flags common state_before
  local context state line
  local -A opt_args
  commands=(
    'share:share folders until Ctrl-C'
    'list:show all shares'
    'link:print the link of a share'
    'add:share single files or folders'
    'get:receive a magnet, a .torrent or a link'
    'stop:stop sharing something'
    'who:show who fetches a share'
    'drop:make a link through which others send files'
    'drops:show drop links and what was sent'
    'accept:accept what was sent'
    'status:show what the running btshare is doing'
    'confirm:share what is held back after damage'
    'open:open the console in the browser'
    'token:make an API token for a program'
    'reload:read the configuration and the plugins again'
    'quit:end the running btshare'
    'config:check or show the configuration'
    'plugin:write, check, test, list or reload plugins'
    'paths:show where btshare keeps its things'
    'help:show help'
  )
  common=(
    '--state=[folder of the state]:folder:_files -/'
    '(-h --help)'{-h,--help}'[show help]'
  )
  share_flags=(
    '--config[configuration file]:file:_files'
    '--console[where the console listens]:address and port:'
    '--public[where share pages are served]:address and port:'
    '--port[BitTorrent port]:port:'
    '--name[your name]:name:'
    '--json[print events as JSON]'
    '(-q --quiet -v --verbose)'{-q,--quiet}'[print links and failures only]'
    '(-q --quiet -v --verbose)'{-v,--verbose}'[print more]'
  )

  _arguments -C -A '-*' $common $share_flags '--version[show the version]' '1: :->first' '*:: :->rest' && return
  (( $+opt_args[--state] )) && state_before=(--state ${(Q)opt_args[--state]})
  case $state in
    first)
      _describe -t commands command commands
      _btshare_added
      _files -/
      ;;
    rest)
      case $words[1] in
        list) _arguments $common '(--names)--json[print JSON]' '(--json)--names[print names only]' ;;
        drops|paths) _arguments $common '--json[print JSON]' ;;
        status) _arguments $common '--json[print JSON]' '--diagnostics[print what a report of a fault must say]' ;;
        link) _arguments $common '--qr[draw a QR code]' '(--torrent)--magnet[print the magnet link]' \
          '(--torrent)--grant[open a locked share by the magnet]' \
          '(--magnet)--torrent[print the address of the .torrent file]' \
          '(--list --revoke)--to[make a link of its own for somebody]:person:' \
          '--for[end that link after this time]:time:(30m 2h 1d 7d)' \
          '--limit[end that link after so many downloads]:number:' \
          '(--to --revoke)--list[show all links of the share]' \
          '(--to --list)--revoke[end the link of somebody]:person:' '1:share:_btshare_shares' ;;
        who) _arguments $common '--json[print JSON]' '1:share:_btshare_shares' ;;
        drop) _arguments $common '(--close --delete)--title[what its page calls it]:text:' \
          '(--close --delete)--note[what its page says]:text:' \
          '(--close --delete)--for[end the link after this time]:time:(30m 2h 1d 7d never)' \
          '(--close --delete)--max-file[the largest file]:size:' '(--close --delete)--max-files[how many files]:number:' \
          '(--close --delete)--max-all[room for all files]:size:' '(--close --delete)--qr[draw a QR code]' \
          '(--delete)--close[close a drop link]:id:' '(--close)--delete[delete a file that was sent, or stop it]:code or id:' ;;
        accept) _arguments $common '*:code or id:' ;;
        stop) _arguments $common '1:share:_btshare_shares' ;;
        add) _arguments $common '--for[stop after this time]:time:(30m 2h 1d 7d)' \
          '--exposure[who can find it]:exposure:(link private public http)' \
          '--listed[name it in feeds and lists]' '--web-seed[over HTTP too]:web seed:(on auto off)' \
          '*--tracker[a further tracker]:address:' '--format[of its torrent]:format:(v1 hybrid v2)' '*:file:_files' ;;
        open) _arguments $common '--print[print the address instead]' ;;
        token) _arguments $common '--scope[its rights]:rights:(read share admin)' \
          '--for[how long it is good for]:time:(30m 2h 1d 7d 30d)' \
          '(--revoke)--list[show all tokens]' '(--list)--revoke[make a token worthless]:name:' '1:name:' ;;
        get) _arguments $common '(-o --output)'{-o,--output}'[save there]:folder:_files -/' \
          '--files[only these, by their numbers]:numbers:' '(--share-for)--no-share[do not pass it on]' \
          '(--no-share)--share-for[pass it on for this time]:time:(30m 2h 1d 7d)' \
          '--password-file[of a locked link]:file:_files' '--config[configuration file]:file:_files' '--json[print JSON]' '1:torrent:_files' ;;
        quit) _arguments $common '--timeout[how long to wait]:seconds:' ;;
        config) _arguments $common '--config[configuration file]:file:_files' '--json[print JSON]' \
          '1:action:(check show)' ;;
        plugin) _arguments $common '--in[write into this folder]:folder:_files -/' \
          '--options[options as in config.lua]:options:' '--json[print JSON]' \
          '1:action:(new check test list reload)' '2:plugin:_files' ;;
        help)
          _arguments $common '--plugins[print the commands of plugins only]'
          _describe -t commands command commands
          _btshare_added
          ;;
        confirm | reload) _arguments $common ;;
        *) _arguments $common $share_flags '*:folder:_files -/' ;;
      esac
      ;;
  esac
}

_btshare "$@"
