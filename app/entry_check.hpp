#pragma once

#include <map>

#include "events/envelope.hpp"
#include "events/keyset.hpp"
#include "projections/ledger_state.hpp"
#include "storage/log.hpp"

namespace signalbox {

struct checked_log;
struct verified_artifact;
struct wire_artifact;

/// Checks what an accepted entry holds beside its envelope: that each part has
/// its name, that documents and cores have the digests that the event gives
/// them, and that seals verify. Adds counts and problems to `out`.
class entry_checker {
 public:
  /// All outlive it. `state` is folded up to the entry that is checked.
  entry_checker(const event_log& log, const ledger_state& state,
                checked_log& out)
      : log_{log}, state_{state}, out_{out} {}

  void check(const log_entry_view& x);

 private:
  struct held_entry;

  void check_parts(held_entry& x);
  void check_document(const held_entry& x, std::size_t part,
                      const digest& wanted, const char* what);
  void check_seal(const held_entry& x, const std::string& core,
                  std::size_t signature_part, const digest& key,
                  const digest& artifact, std::uint64_t& count);

  void check_body(const held_entry& x, const event::artifact_published& event);
  void check_body(const held_entry& x, const event::artifact_resealed& event);
  void check_body(const held_entry& x, const event::family_put& event);
  void check_body(const held_entry& x, const event::policy_set_put& event);
  void check_body(const held_entry& x, const event::template_put& event);
  void check_body(const held_entry& x, const event::keyset_put& event);
  template <class Event>
  void check_body(const held_entry&, const Event&) {}

  const keyset* find_key(const digest& key);

  const event_log& log_;
  const ledger_state& state_;
  checked_log& out_;
  std::map<digest, keyset> keys_; ///< one with each key alone
};

} // namespace signalbox
