#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "actors/node_keys.hpp"
#include "api/operation.hpp"

namespace signalbox {

/// The keys of a node that a keyset has as active, as far as it holds them.
struct held_keys {
  std::optional<private_key> seal;
  std::optional<private_key> head;
  /// Why a file that may hold a missing one cannot be read; names it.
  std::optional<failure> unreadable = std::nullopt;
};

/// Gets the keys that this node may sign with under the view's keyset. Reads
/// the disk; any thread.
using key_loader = std::function<result<held_keys>(const view&)>;

/// A node with these keys. For a missing one stands one that no keyset names:
/// whatever it signed would be taken nowhere.
node_keys node_keys_of(const principal_id& node, const held_keys& x);

/// Why the node takes no writes, if it is no node of the ledger: it was not
/// added yet, or it was removed. Its code is `unavailable`.
std::optional<failure> membership_problem(const view& seen,
                                          const principal_id& node);

/// Why the node takes no writes: it is a replica, `read_only`, or no node of
/// the ledger.
std::optional<failure> writing_problem(const operation_world& world,
                                       const view& seen);

/// Why the node cannot seal under this view, with what to do; nothing if it
/// can. Its code is `unavailable`.
std::optional<failure> seal_problem(const view& seen, const node_keys& keys);

/// The same for heads, which every GetConfig needs.
std::optional<failure> head_problem(const view& seen, const node_keys& keys);

/// The node's keys under one keyset, and the operations' world with them.
struct signing {
  std::uint64_t keyset_version = 0;
  std::unique_ptr<const config_answers> answers; ///< the world refers to them
  operation_world world;

  /// The first of these problems.
  std::optional<failure> problem(const view& seen) const;
};

/// Follows the keyset: the first call under a view with a newer one reads the
/// key files again, so that a rotation needs no restart. While a key is
/// missing, calls read them again too, once a second at most. What was in use
/// before is kept, since running calls refer to it; keysets change seldom.
///
/// Any thread.
class signing_history {
 public:
  using maker =
      std::function<std::unique_ptr<signing>(std::uint64_t, node_keys)>;
  using warner = std::function<void(const std::string&)>;

  /// Begins with the keys that were loaded under this version of the keyset.
  signing_history(std::uint64_t keyset_version, node_keys first,
                  key_loader load, maker make, warner warn);

  /// What was made last. Like everything made, it lasts as long as this.
  const signing& latest() const { return *current_.load(); }

  /// What fits the view, without blocking; null if the files must be read
  /// first.
  const signing* ready(const view& seen) const;

  /// What fits the view as well as the key files allow; reads them if need be.
  const signing& find(const view& seen);

 private:
  using clock = std::chrono::steady_clock;

  bool fits(const signing& x, const view& seen) const;
  void reload(const view& seen);
  node_keys load(const view& seen, const node_keys& before) const;
  void use(std::uint64_t keyset_version, node_keys keys);

  key_loader load_;
  maker make_;
  warner warn_;
  std::mutex loading_;
  std::vector<std::unique_ptr<signing>> all_;
  std::atomic<const signing*> current_{nullptr};
  std::atomic<clock::time_point> next_try_{};
};

} // namespace signalbox
