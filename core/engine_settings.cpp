// Settings of the engine: what BTshare pins, and what is set by libtorrent's own names.
#include "engine_internal.hpp"

#include <climits>
#include <cstring>
#include <libtorrent/alert.hpp>
#include <libtorrent/fingerprint.hpp>
#include <libtorrent/ip_filter.hpp>
#include <libtorrent/version.hpp>

namespace bt {
namespace {

using pack = lt::settings_pack;

void pin_safety(pack &settings) {
  settings.set_bool(pack::ssrf_mitigation, true);
  settings.set_bool(pack::validate_https_trackers, true);
  settings.set_bool(pack::no_atime_storage, true);
  settings.set_bool(pack::allow_idna, false);
  settings.set_bool(pack::allow_i2p_mixed, false);
  settings.set_bool(pack::anonymous_mode, false);
  // Foreign metadata is parsed on the network thread; only 2.1 bounds equal names in it.
  settings.set_int(pack::max_metadata_size, (LIBTORRENT_VERSION_NUM < 20100 ? 1 : 4) << 20);
  settings.set_int(pack::max_piece_count, 200000);
  settings.set_int(pack::metadata_token_limit, 500000);
  // uTP: use after free in its shutdown before 2.0.14.
  bool is_utp_sound = LIBTORRENT_VERSION_NUM >= 20014;
  settings.set_bool(pack::enable_incoming_utp, is_utp_sound);
  settings.set_bool(pack::enable_outgoing_utp, is_utp_sound);
}

void pin_limits(pack &settings) {
  settings.set_int(pack::active_seeds, -1);
  settings.set_int(pack::active_limit, -1);
  // Seconds until a torrent without peers counts as inactive: until then it costs a tick a second.
  settings.set_int(pack::auto_manage_startup, 2);
  settings.set_int(pack::alert_queue_size, 10000);
  settings.set_int(pack::max_peerlist_size, 1000);
  settings.set_int(pack::connections_limit, 200);
  // Recipients behind one router have one address.
  settings.set_bool(pack::allow_multiple_connections_per_ip, true);
  settings.set_int(pack::dht_upload_rate_limit, 8000);
  // Of downloads: one way to write, not two that see one another late.
  settings.set_int(pack::disk_write_mode, pack::always_mmap_write);
  // A recipient that announces again is there: Transmission hangs up when it has the metadata and
  // calls again at once. The default, 60 s, would refuse it.
  settings.set_int(pack::min_reconnect_time, 1);
  // With that, the default of 3 would give up whoever was away for some seconds, and a magnet often
  // names nobody else. The delay grows by a second each time; libtorrent counts to 31.
  settings.set_int(pack::max_failcount, 32);
}

void pin_discovery(pack &settings) {
  settings.set_bool(pack::enable_dht, false);
  settings.set_bool(pack::enable_lsd, false);
  // The mapper asks the router, for the HTTP port too: see mapper.h.
  settings.set_bool(pack::enable_upnp, false);
  settings.set_bool(pack::enable_natpmp, false);
}

void set_obfuscation(pack &settings, bt_obfuscation obfuscation) {
  int policy = pack::pe_enabled;
  if (obfuscation == BT_OBFUSCATION_REQUIRE) {
    policy = pack::pe_forced;
  } else if (obfuscation == BT_OBFUSCATION_OFF) {
    policy = pack::pe_disabled;
  }
  settings.set_int(pack::in_enc_policy, policy);
  settings.set_int(pack::out_enc_policy, policy);
  // Offered a choice after the handshake, most clients take plain text; peers that know no
  // handshake at all are not concerned by this.
  settings.set_int(pack::allowed_enc_level, pack::pe_rc4);
  settings.set_bool(pack::prefer_rc4, true);
}

// Alerts that handle_alert knows what to do with.
lt::alert_category_t alert_mask() {
  return lt::alert_category::status | lt::alert_category::error | lt::alert_category::connect |
         lt::alert_category::storage;
}

bool mismatch(bt_error *error, const char *name, const char *wanted) {
  return bt_fail(error, BT_INVALID, "%s: must be %s", name, wanted);
}

bool add_setting(pack &settings, const bt_setting &setting, bt_error *error) {
  int key = lt::setting_by_name(setting.name);
  if (key < 0) return bt_fail(error, BT_INVALID, "%s: no such setting of libtorrent", setting.name);
  // Without its alerts the engine would be deaf; the router is asked by the mapper alone.
  if (key == pack::alert_mask || key == pack::enable_upnp || key == pack::enable_natpmp)
    return bt_fail(error, BT_INVALID, "%s: is fixed", setting.name);
  switch (key & pack::type_mask) {
  case pack::string_type_base:
    if (setting.type != BT_SETTING_STRING) return mismatch(error, setting.name, "a string");
    settings.set_str(key, setting.string);
    return true;
  case pack::int_type_base:
    if (setting.type != BT_SETTING_INTEGER || setting.integer < INT_MIN ||
        setting.integer > INT_MAX)
      return mismatch(error, setting.name, "an integer of 32 bits");
    settings.set_int(key, static_cast<int>(setting.integer));
    return true;
  default:
    if (setting.type != BT_SETTING_BOOLEAN) return mismatch(error, setting.name, "true or false");
    settings.set_bool(key, setting.boolean);
    return true;
  }
}

} // namespace

lt::settings_pack make_settings(const bt_engine_options &options) {
  pack settings;
  pin_safety(settings);
  pin_limits(settings);
  pin_discovery(settings);
  set_obfuscation(settings, options.obfuscation);
  std::string interfaces;
  for (size_t i = 0; i < options.listen_count; i++)
    interfaces.append(i ? "," : "").append(options.listen[i]);
  settings.set_str(pack::listen_interfaces, interfaces);
  settings.set_str(pack::user_agent, "BTshare/" BT_VERSION " libtorrent/" LIBTORRENT_VERSION);
  settings.set_str(pack::peer_fingerprint, lt::generate_fingerprint("BS", 0, 1));
  settings.set_int(pack::alert_mask, static_cast<int>(static_cast<uint32_t>(alert_mask())));
  return settings;
}

void limit_local_peers(lt::session &session) {
  uint32_t session_wide = 1U << static_cast<uint32_t>(lt::session::global_peer_class_id);
  lt::ip_filter everybody;
  for (const auto &range : {std::pair{"0.0.0.0", "255.255.255.255"},
                            std::pair{"::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}})
    everybody.add_rule(lt::make_address(range.first), lt::make_address(range.second), session_wide);
  session.set_peer_class_filter(everybody);
}

bool add_settings(lt::settings_pack &settings, const bt_setting *added, size_t count,
                  bt_error *error) {
  for (size_t i = 0; i < count; i++)
    if (!add_setting(settings, added[i], error)) return false;
  return true;
}

} // namespace bt

using namespace bt;

bool bt_engine_check_setting(const bt_setting *setting, bt_error *error) {
  return guard(error, [&] {
    pack ignored;
    return add_setting(ignored, *setting, error);
  });
}

const char *bt_engine_setting_name(size_t index) {
  const struct {
    int base;
    size_t count;
  } kinds[] = {{pack::string_type_base, pack::num_string_settings},
               {pack::int_type_base, pack::num_int_settings},
               {pack::bool_type_base, pack::num_bool_settings}};
  for (const auto &kind : kinds) {
    if (index < kind.count) return lt::name_for_setting(kind.base + static_cast<int>(index));
    index -= kind.count;
  }
  return nullptr;
}

bool bt_engine_apply(bt_engine *engine, const bt_setting *settings, size_t count, bt_error *error) {
  return guard(error, [&] {
    pack changed;
    if (!add_settings(changed, settings, count, error)) return false;
    if (changed.has_val(pack::max_failcount))
      engine->max_failcount = changed.get_int(pack::max_failcount);
    engine->session->apply_settings(std::move(changed));
    return true;
  });
}

const bt_setting *bt_engine_settings(bt_engine *engine, size_t *count, bt_error *error) {
  bool is_done = guard(error, [&] {
    pack settings = engine->session->get_settings();
    engine->settings.clear();
    engine->setting_texts.clear();
    auto add = [&](int key, bt_setting_type type, int64_t number, std::string text) {
      const char *name = lt::name_for_setting(key);
      if (!*name) return; // deprecated
      engine->setting_texts.push_back(std::move(text));
      engine->settings.push_back(
          {name, type, engine->setting_texts.back().c_str(), number, number != 0});
    };
    for (int i = 0; i < pack::num_string_settings; i++) {
      int key = pack::string_type_base + i;
      add(key, BT_SETTING_STRING, 0, settings.get_str(key));
    }
    for (int i = 0; i < pack::num_int_settings; i++) {
      int key = pack::int_type_base + i;
      add(key, BT_SETTING_INTEGER, settings.get_int(key), {});
    }
    for (int i = 0; i < pack::num_bool_settings; i++) {
      int key = pack::bool_type_base + i;
      add(key, BT_SETTING_BOOLEAN, settings.get_bool(key), {});
    }
    *count = engine->settings.size();
    return true;
  });
  return is_done ? engine->settings.data() : nullptr;
}
