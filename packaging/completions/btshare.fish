# fish completion for btshare(1)

set -l commands share list link add get stop who drop drops accept status confirm open token reload quit config plugin paths help
set -l sharing "not __fish_seen_subcommand_from list link add get stop who drop drops accept status confirm open token reload quit config plugin paths help"

# What the running instance says that --state names.
function __btshare_ask
    set -l state
    set -l words (commandline -opc)
    if set -l at (contains -i -- --state $words)
        set state --state $words[(math $at + 1)]
    end
    btshare $state $argv 2>/dev/null
end

function __btshare_names
    __btshare_ask list --names
end

# Names and what they do, which fish shows.
function __btshare_added
    __btshare_ask help --plugins
end

complete -c btshare -f
complete -c btshare -n "not __fish_seen_subcommand_from $commands" -a share -d "Share folders until Ctrl-C"
complete -c btshare -n "not __fish_seen_subcommand_from $commands" -a list -d "Show all shares"
complete -c btshare -n "not __fish_seen_subcommand_from $commands" -a link -d "Print the link of a share"
complete -c btshare -n "not __fish_seen_subcommand_from $commands" -a add -d "Share single files or folders"
complete -c btshare -n "not __fish_seen_subcommand_from $commands" -a get -d "Receive a magnet, a .torrent or a link"
complete -c btshare -n "not __fish_seen_subcommand_from $commands" -a stop -d "Stop sharing something"
complete -c btshare -n "not __fish_seen_subcommand_from $commands" -a who -d "Show who fetches a share"
complete -c btshare -n "not __fish_seen_subcommand_from $commands" -a drop -d "Make a link through which others send files"
complete -c btshare -n "not __fish_seen_subcommand_from $commands" -a drops -d "Show drop links and what was sent"
complete -c btshare -n "not __fish_seen_subcommand_from $commands" -a accept -d "Accept what was sent"
complete -c btshare -n "not __fish_seen_subcommand_from $commands" -a status -d "Show what btshare is doing"
complete -c btshare -n "not __fish_seen_subcommand_from $commands" -a confirm -d "Share what was held back after damage"
complete -c btshare -n "not __fish_seen_subcommand_from $commands" -a open -d "Open the console in the browser"
complete -c btshare -n "not __fish_seen_subcommand_from $commands" -a token -d "Make an API token for a program"
complete -c btshare -n "not __fish_seen_subcommand_from $commands" -a reload -d "Read the configuration again"
complete -c btshare -n "not __fish_seen_subcommand_from $commands" -a quit -d "End the running btshare"
complete -c btshare -n "not __fish_seen_subcommand_from $commands" -a config -d "Check or show the configuration"
complete -c btshare -n "not __fish_seen_subcommand_from $commands" -a plugin -d "Write, check, test or reload plugins"
complete -c btshare -n "not __fish_seen_subcommand_from $commands" -a paths -d "Show where things are kept"
complete -c btshare -n "not __fish_seen_subcommand_from $commands" -a help -d "Show help"
complete -c btshare -n "not __fish_seen_subcommand_from $commands" -a "(__btshare_added)"
complete -c btshare -n "not __fish_seen_subcommand_from $commands" -l version -d "Show the version"

complete -c btshare -l state -x -a "(__fish_complete_directories)" -d "Folder of the state"
complete -c btshare -s h -l help -d "Show help"

complete -c btshare -n $sharing -a "(__fish_complete_directories)"
complete -c btshare -n $sharing -l config -r -F -d "Configuration file"
complete -c btshare -n $sharing -l console -x -d "Where the console listens"
complete -c btshare -n $sharing -l public -x -d "Where share pages are served"
complete -c btshare -n $sharing -l port -x -d "BitTorrent port"
complete -c btshare -n $sharing -l name -x -d "Your name"
complete -c btshare -n $sharing -l json -d "Print events as JSON"
complete -c btshare -n $sharing -s q -l quiet -d "Print links and failures only"
complete -c btshare -n $sharing -s v -l verbose -d "Print more"

complete -c btshare -n "__fish_seen_subcommand_from list who drops status paths config" -l json -d "Print JSON"
complete -c btshare -n "__fish_seen_subcommand_from list" -l names -d "Print names only"
complete -c btshare -n "__fish_seen_subcommand_from status" -l diagnostics -d "Print what a report of a fault must say"
complete -c btshare -n "__fish_seen_subcommand_from link stop who" -a "(__btshare_names)"
complete -c btshare -n "__fish_seen_subcommand_from drop" -l title -x -d "What its page calls it"
complete -c btshare -n "__fish_seen_subcommand_from drop" -l note -x -d "What its page says"
complete -c btshare -n "__fish_seen_subcommand_from drop" -l for -x -a "30m 2h 1d 7d never" -d "End the link after this time"
complete -c btshare -n "__fish_seen_subcommand_from drop" -l max-file -x -d "The largest file"
complete -c btshare -n "__fish_seen_subcommand_from drop" -l max-files -x -d "How many files"
complete -c btshare -n "__fish_seen_subcommand_from drop" -l max-all -x -d "Room for all files"
complete -c btshare -n "__fish_seen_subcommand_from drop" -l close -x -d "Close a drop link"
complete -c btshare -n "__fish_seen_subcommand_from drop" -l delete -x -d "Delete a file that was sent, or stop it"
complete -c btshare -n "__fish_seen_subcommand_from drop link" -l qr -d "Draw a QR code"
complete -c btshare -n "__fish_seen_subcommand_from link" -l magnet -d "Print the magnet link"
complete -c btshare -n "__fish_seen_subcommand_from link" -l grant -d "Open a locked share by the magnet"
complete -c btshare -n "__fish_seen_subcommand_from link" -l torrent -d "Print the address of the .torrent file"
complete -c btshare -n "__fish_seen_subcommand_from link" -l to -x -d "Make a link of its own for somebody"
complete -c btshare -n "__fish_seen_subcommand_from link" -l for -x -a "30m 2h 1d 7d" -d "End that link after this time"
complete -c btshare -n "__fish_seen_subcommand_from link" -l limit -x -d "End that link after so many downloads"
complete -c btshare -n "__fish_seen_subcommand_from link" -l list -d "Show all links of the share"
complete -c btshare -n "__fish_seen_subcommand_from link" -l revoke -x -d "End the link of somebody"
complete -c btshare -n "__fish_seen_subcommand_from add" -F
complete -c btshare -n "__fish_seen_subcommand_from add" -l for -x -a "30m 2h 1d 7d" -d "Stop after this time"
complete -c btshare -n "__fish_seen_subcommand_from add" -l exposure -x -a "link private public http" -d "Who can find it"
complete -c btshare -n "__fish_seen_subcommand_from add" -l listed -d "Name it in feeds and lists"
complete -c btshare -n "__fish_seen_subcommand_from add" -l web-seed -x -a "on auto off" -d "Whether torrent apps fetch over HTTP too"
complete -c btshare -n "__fish_seen_subcommand_from add" -l tracker -x -d "A further tracker"
complete -c btshare -n "__fish_seen_subcommand_from add" -l format -x -a "v1 hybrid v2" -d "Of its torrent"
complete -c btshare -n "__fish_seen_subcommand_from open" -l print -d "Print the address instead"
complete -c btshare -n "__fish_seen_subcommand_from token" -l scope -x -a "read share admin" -d "Its rights"
complete -c btshare -n "__fish_seen_subcommand_from token" -l for -x -a "7d 30d" -d "How long it is good for"
complete -c btshare -n "__fish_seen_subcommand_from token" -l list -d "Show all tokens"
complete -c btshare -n "__fish_seen_subcommand_from token" -l revoke -x -d "Make a token worthless"
complete -c btshare -n "__fish_seen_subcommand_from get" -F
complete -c btshare -n "__fish_seen_subcommand_from get" -s o -l output -x -a "(__fish_complete_directories)" -d "Save there"
complete -c btshare -n "__fish_seen_subcommand_from get" -l files -x -d "Only these, by their numbers"
complete -c btshare -n "__fish_seen_subcommand_from get" -l no-share -d "Do not pass it on"
complete -c btshare -n "__fish_seen_subcommand_from get" -l share-for -x -a "30m 2h 1d 7d" -d "Pass it on for this time"
complete -c btshare -n "__fish_seen_subcommand_from get" -l password-file -r -F -d "Of a locked link"
complete -c btshare -n "__fish_seen_subcommand_from get" -l config -r -F -d "Configuration file"
complete -c btshare -n "__fish_seen_subcommand_from get" -l json -d "Print JSON"
complete -c btshare -n "__fish_seen_subcommand_from quit" -l timeout -x -d "How long to wait, in seconds"
complete -c btshare -n "__fish_seen_subcommand_from config" -a "check show"
complete -c btshare -n "__fish_seen_subcommand_from config" -l json -d "Print JSON"
complete -c btshare -n "__fish_seen_subcommand_from config" -l config -r -F -d "Configuration file"
complete -c btshare -n "__fish_seen_subcommand_from plugin" -a "new check test list reload"
complete -c btshare -n "__fish_seen_subcommand_from plugin" -F
complete -c btshare -n "__fish_seen_subcommand_from plugin" -l in -x -a "(__fish_complete_directories)" -d "Write there"
complete -c btshare -n "__fish_seen_subcommand_from plugin" -l options -x -d "Options as in config.lua"
complete -c btshare -n "__fish_seen_subcommand_from plugin" -l json -d "Print JSON"
complete -c btshare -n "__fish_seen_subcommand_from help" -a "$commands (__btshare_added)"
complete -c btshare -n "__fish_seen_subcommand_from help" -l plugins -d "Print the commands of plugins only"
