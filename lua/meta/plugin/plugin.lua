---@meta
-- What a plugin is handed: `local plugin = ... ---@type btshare.plugin`. While the file runs, all of this is only noted, and
-- done once it has run without an error; later it is done at once. All of it is undone when the plugin goes.

---@class btshare.plugin
---@field name string of the plugin: that of its file, without `.lua`
local plugin = {}

---Says which options there are, and gives them as config.lua has them. `schema` maps names to checks of `btshare.types`, whose
---values may be absent, or to plain values, which are defaults of their kind. Every mistake in config.lua is told with its line.
---@generic T: table
---@param schema T
---@return T options with the defaults filled in
function plugin:options(schema) end

---Handles an event, see events.md. A question is answered with `false, reason, code`, or not at all; an error in its handler
---is a no. A fact is told; what its handler gives does not matter. Handlers may wait.
---@param event string its name
---@param fn fun(event: table): any, string?, string?
---@param priority number? higher comes first; 0 if absent
---@return fun() release ends it
function plugin:on(event, fn, priority) end

---Calls `fn` again and again, the first time after one period, and never twice at once.
---@param period number|string seconds above 0, or such as "90s", "2h"
---@param fn fun()
---@return fun() release ends it
function plugin:every(period, fn) end

---Answers requests: `plugin:route("GET /x/:id", fn)`. On the public side, where anybody may ask; or on the console, where only
---those who are logged in, or have an API token, and the scope. An error in `fn` is answered with 500.
---@param pattern string method and path; ":name" stands for one segment, a last "*name" for all that follow
---@param fn fun(request: btshare.plugin.Request): btshare.plugin.Reply?, string?, string? a reply, or nil, message, code
---@param options btshare.plugin.RouteOptions?
---@return fun() release ends it
function plugin:route(pattern, fn, options) end

---@class btshare.plugin.RouteOptions
---@field on "public"|"console"|nil which listener; default: public
---@field scope "read"|"share"|"admin"|nil on the console: what who asks must be allowed to; default: admin
---@field body integer|string|nil most bytes of a request's body; default: "64KiB", at most "16MiB"

---@class btshare.plugin.Request
---@field method string "GET", "HEAD", "POST", "PUT", "PATCH" or "DELETE"
---@field path string as it was matched, decoded
---@field parameters table<string, any> of the pattern's ":name", a text, and "*name", a list of texts
---@field query table<string, string> decoded; of a name that is there twice the first
---@field headers table<string, string> names in small letters; on the console without cookie and authorization
---@field address string IP address of who asks; on the console past proxies that are trusted
---@field host string the Host header
---@field body string "" if there is none
---@field scope "read"|"share"|"admin"|nil on the console: the most that who asks may do

---@class btshare.plugin.Reply
---@field status integer 200 to 599
---@field headers table<string, string|string[]>?
---@field body string?

---Adds a command: `btshare NAME …` asks the running BTshare, which calls `fn`. `btshare --help` lists it while it is there.
---@param name string small letters, digits and "-"; not one of btshare's own
---@param about btshare.plugin.CommandOptions
---@param fn fun(call: {arguments: string[]}): string?, string?, string? the text to print, or nil, message, code
---@return fun() release ends it
function plugin:command(name, about, fn) end

---@class btshare.plugin.CommandOptions
---@field summary string half a sentence for `btshare --help`
---@field usage string? what may stand behind the name, such as "[--all] NAME"
---@field scope "read"|"share"|"admin"|nil what who asks must be allowed to; default: admin

---Shows a panel in the console, which draws it.
---@param panel btshare.plugin.PanelOptions
---@return fun() release ends it
function plugin:panel(panel) end

---@class btshare.plugin.PanelOptions
---@field slot "shares.card"|"share.detail"|"share.limits"|"share.page"|"receive"|"activity.card"|"settings.section"|"nav" where it stands
---@field title btshare.plugin.Words
---@field kind "stats"|"table"|"log"|"chart"|"form"|"html" what `data` gives, see below
---@field data fun(context: {share: string?, language: string}): table|string|false|nil, string?, string? asked whenever it is shown; may wait; false: it is not shown now
---@field submit (fun(values: table<string, any>, context: table): string|true|nil, string?, string?)? of a form: what was written
---@field actions table<string, fun(context: table)|{title: btshare.plugin.Words?, fn: function, confirm: btshare.plugin.Words?, each: boolean?}>? its buttons, by name; with `each` one in each row of a table, told its key as `context.row`
---@field id string? what it is known by; default: made of its title

---Of a panel "stats".
---@alias btshare.plugin.Stats {label: string, value: string|number|boolean, unit: string?}[]

---Of a panel "table".
---@alias btshare.plugin.Table {columns: string[], rows: (string|number|boolean)[][], keys: string[]?} keys: what the rows are known by, for actions that stand in each

---Of a panel "log"; times are seconds since 1970.
---@alias btshare.plugin.Log {time: integer, level: "error"|"warning"|"info"|"debug"|nil, text: string}[]

---Of a panel "chart": each series has as many values as there are times; false where there is none.
---@alias btshare.plugin.Chart {times: integer[], series: {label: string, values: (number|false)[]}[], unit: string?}

---Of a panel "html": a text of at most 64 KiB with p, h3, h4, ul, ol, li, b, strong, i, em, code, pre, br, a, table,
---caption, thead, tbody, tr, th and td. A link leads somewhere by http, https or mailto; all other attributes are left
---out, as are scripts, styles and pictures; other tags leave what they hold. What others may have written goes into it
---by `text.xml`.
---@alias btshare.plugin.Html string

---@alias btshare.plugin.Words string|table<string, string> or by language: { en = "…", fr = "…" }

---Of a panel "form", whose button says `button`, or that it saves. In the slot "share.limits" it stands among the limits
---of `context.share`: each field is saved alone and at once, a number that is emptied comes as false and a secret that is
---taken away as "", and `summary` is what holds now, a sentence for the card of the link.
---@alias btshare.plugin.Form {fields: btshare.plugin.Field[], button: string?, summary: string?}

---@class btshare.plugin.Field
---@field name string letters, digits and "_"
---@field label string?
---@field kind "text"|"number"|"switch"|"choice"|"secret" a secret's value is never shown, only whether there is one
---@field value any
---@field choices string[]? of a choice

---@class btshare.plugin.Notice
---@field text btshare.plugin.Words
---@field share string? id of the one that it is about
---@field news string? it is said in passing, too: once of each such word, to whoever has the console open
---@field action btshare.plugin.NoticeAction? what can be done about it there and then

---An action of one of the plugin's panels, one that asks nothing first.
---@class btshare.plugin.NoticeAction
---@field panel string its id
---@field name string of the action
---@field row string? the key of the row that it is done with

---Says in the console that a person is needed, on every screen, until it is released.
---@param notice btshare.plugin.Notice
---@return fun() release
function plugin:notice(notice) end

---A place of the plugin's own for what must outlive a restart.
---@param name string a plugin may have several
---@return btshare.plugin.Store store
function plugin:store(name) end

---@class btshare.plugin.Store
local store = {}

---Gives what was stored last. What is being stored at the moment it does not know yet.
---@param name string
---@return string|number|nil value
function store.get(name) end

---Stores a value, and waits until it is on the disk: only in handlers and tasks.
---@param name string
---@param value string|number|nil nil: forgets it
---@return true? stored
---@return string? message
---@return string? code
function store.set(name, value) end

---Has `fn` called when the plugin goes.
---@param fn fun()
---@return fun() release so that it is called now
function plugin:defer(fn) end

---Does something and remembers how to undo it: all of the above is made of this.
---@param open fun(): (fun())?, string? does it, and gives a function that undoes it; or nil, message
---@return fun() release undoes it now
function plugin:bind(open) end

---Writes a line to the log. Options that are secrets are not shown in it.
---@param level "error"|"warning"|"info"|"debug"
---@param format string of `string.format`; the text itself where nothing follows
---@param ... any
function plugin:log(level, format, ...) end

return plugin
