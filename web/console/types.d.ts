// What the API gives, as far as the console reads it: for the type checker alone, nothing of it is served.

interface Share {
  id: string;
  name: string;
  kind: "file" | "folder";
  state: "settling" | "preparing" | "ready" | "changed" | "missing" | "paused" | "expired" | "failed";
  size?: number;
  files?: number;
  reason?: string;
  progress?: number;
  exposure?: string;
  link?: string;
  created?: number;
  changed?: number;
  expires?: number;
  recipients?: number;
  complete?: number;
  downloads?: number;
  sent?: number;
  up_rate?: number;
  revision?: number;
  root?: string;
  path?: string;
  magnet?: string;
  torrent?: string;
  direct?: string;
  reason_said?: string;
  limits?: { up?: number };
  up_limit?: number;
  effective?: { listed: boolean; format: string; web_seed: string };
  chosen?: { listed?: boolean; format?: string; web_seed?: string; trackers?: string[] };
}

interface Link {
  id: string;
  name?: string;
  link?: string;
  limit?: number;
  downloads?: number;
  default?: boolean;
  state?: string;
}

interface Recipient {
  id: string;
  address: string;
  way: "torrent" | "direct" | "web-seed";
  state: "active" | "done" | "gone";
  name?: string;
  client?: string;
  where?: "here" | "local" | "internet";
  progress?: number;
  up_rate?: number;
  sent?: number;
  left_seconds?: number;
  last?: number;
  finished?: number;
  pieces?: string;
}

interface Recipients {
  recipients: Recipient[];
  complete: number;
  copies_elsewhere: number;
  availability?: string;
}

interface Download {
  id: string;
  state: string;
  name?: string;
  address?: string;
  reason?: { key: string; text: string; values?: Record<string, string | number>; said?: Record<string, string> };
  size?: number;
  wanted?: number;
  done?: number;
  progress?: number;
  down_rate?: number;
  up_rate?: number;
  left_seconds?: number;
  people?: number;
  folder?: string;
  created?: number;
  share_after?: boolean;
  paused?: boolean;
  locked?: boolean;
  revision?: number;
}

interface Box {
  id: string;
  title?: string;
  note?: string;
  link?: string;
  qr: string;
  created?: number;
  expires?: number | null;
  is_open: boolean;
  limits: { files: number; bytes: number; file_bytes: number };
  received: { files: number; bytes: number };
  waiting: number;
  coming: number;
  version: number;
}

interface Upload {
  id: string;
  box: string;
  name: string;
  size: number;
  received: number;
  state: "coming" | "waiting" | "accepted";
  sender?: string;
  note?: string;
  address?: string;
  receipt?: string;
  begun: number;
  finished?: number;
  path?: string;
}

interface Notice {
  plugin?: string;
  text: Record<string, string>;
  share?: string;
  news?: string;
  confirm?: Record<string, string>;
  action?: { panel: string; name: string; row?: string; title: Record<string, string> };
}

interface HistoryEvent {
  id: number;
  time: number;
  kind: string;
  text_key: string;
  share?: { id: string; name: string };
  who?: string;
  way?: string;
  values?: Record<string, string | number>;
}

interface Setting {
  key: string;
  section: string;
  type: string;
  value: unknown;
  source: "default" | "config" | "console";
  choices?: unknown[];
  unit?: string;
  line?: number;
  restart?: boolean;
  editable?: boolean;
}

interface Panel {
  id: string;
  slot: string;
  title: string;
  kind: "stats" | "table" | "form" | "log" | "chart" | "html";
}

interface PanelField {
  name: string;
  label: string;
  kind: "text" | "number" | "switch" | "choice" | "secret";
  value?: string | number | boolean;
  choices?: string[];
  is_set?: boolean;
}

interface LogLine {
  time: number;
  level: string;
  text: string;
}

type Markup = (string | { tag: string; href?: string; children?: Markup })[];

interface PanelData {
  kind: Panel["kind"];
  title: string;
  actions?: { name: string; title: string; confirm?: string; each?: boolean }[];
  hidden?: boolean;
  stats?: { label: string; value: string | number | boolean; unit?: string }[];
  columns?: string[];
  rows?: (string | number | boolean)[][];
  /** what the rows are known by */
  keys?: string[];
  log?: LogLine[];
  times?: number[];
  series?: { label: string; values: (number | null)[] }[];
  unit?: string;
  fields?: PanelField[];
  markup?: Markup;
  /** what a form calls its button */
  button?: string;
  /** of a form among the limits of a share: what holds now */
  summary?: string;
}

interface Plugin {
  name: string;
  path: string;
  is_running: boolean;
  strikes: number;
  reason?: string;
  description?: string;
  memory?: number;
  held?: { count: number; longest: number; place?: string };
  panels?: Panel[];
}

interface Status {
  version?: string;
  libtorrent?: string;
  utp?: boolean;
  uptime?: number;
  public?: unknown;
  port?: number;
  sandbox?: unknown;
  skipped?: number;
  preparing?: { shares: number; bytes: number; done: number };
  uploads?: { folder?: string };
  notices?: Notice[];
  roots?: { path: string }[];
  directories?: { state?: string; cache?: string; home?: string };
  reachability?: {
    lan?: { state: string; sentence: string };
    internet?: { state: string; sentence: string; can_ask?: boolean };
    addresses?: { address: string }[];
  };
}

interface Delta {
  number?: number;
  status?: Status;
  shares?: Share[];
  removed?: string[];
  downloads?: Download[];
  downloads_removed?: string[];
  boxes?: Box[];
  boxes_removed?: string[];
  events?: HistoryEvent[];
}

interface Session {
  authenticated: boolean;
  wants: "setup" | "key" | "password";
  has_password: boolean;
  name?: string;
  version: string;
}
