#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "events/errors.hpp"

namespace signalbox {

/// A message on its way to a topic of changes.
struct update_message {
  std::string key;
  std::string value;
  std::string content_type;
};

/// One that is there; the texts live as long as its visit.
struct update_record {
  std::string_view key;
  std::string_view value;
  /// This process wrote it since it took over last.
  bool is_ours = false;
};

/// A topic of changes that one process writes at a time and any number follow.
/// One thread uses it; stop() and listen() belong to any.
class updates_topic {
 public:
  using visitor = std::function<void(const update_record&)>;

  virtual ~updates_topic() = default;

  /// Whether it may be used, as far as the brokers tell now. Waits for them.
  /// Errors: `not_found`, `read_only` (settings that would break what it
  /// promises; each named with its remedy), `forbidden`, `unavailable`.
  virtual result<void> check() = 0;

  /// From here on it is read from its first message again.
  virtual void rewind() = 0;

  /// Takes what is committed and was not taken before; does not wait. Errors:
  /// `history_changed` (it was emptied, cut or made anew: rewind).
  virtual result<void> read(const visitor& visit) = 0;

  /// The same, and waits until nothing is missing up to its end of now.
  /// Errors: those of read(), `unavailable`.
  virtual result<void> read_to_end(const visitor& visit) = 0;

  /// Whether it was read to an end since it was rewound.
  virtual bool is_at_end() const = 0;

  /// Becomes the only writer: whoever was it before writes nothing any more,
  /// not even what it has on its way. Waits for the brokers.
  /// Errors: `unavailable`, `forbidden`, `bad_request` (a setting).
  virtual result<void> take_over() = 0;

  /// Is no writer any more. Idempotent.
  virtual void resign() = 0;

  /// Writes these in order, all or none; waits for the brokers. After an error
  /// this is no writer any more, and whether they were written is open: take
  /// over, and read. Errors: `conflict` (another one has taken over),
  /// `unavailable`.
  virtual result<void> write(std::span<const update_message> messages) = 0;

  /// What waits for the brokers gives up soon, for good. Any thread.
  virtual void stop() = 0;

  /// Called on another thread when there may be something to read. Null ends
  /// it.
  virtual void listen(std::function<void()> wake) = 0;
};

} // namespace signalbox
