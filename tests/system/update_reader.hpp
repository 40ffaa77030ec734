#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/value.hpp>

namespace signalbox::test {

/// A message of a topic of changes as a plain consumer gets it.
struct update_seen {
  std::string key;
  std::string content_type; ///< the header
  std::string value;
  boost::json::value event; ///< the value, parsed

  std::string id() const;
  std::uint64_t index() const; ///< of the entry that made the change
};

/// A subscriber of the topic of changes through librdkafka alone: from the
/// first message on, committed ones, in no group. What goes wrong throws
/// std::runtime_error.
class update_reader {
 public:
  using settings = std::vector<std::pair<std::string, std::string>>;

  /// `more`: how a broker is reached that asks for a password.
  update_reader(std::string bootstrap, std::string topic, settings more = {});
  ~update_reader();

  /// Takes what comes until this holds; false if it does not in time.
  bool reads_until(const std::function<bool()>& holds,
                   std::chrono::seconds patience = std::chrono::minutes{1});

  /// The same from the first message again, for a topic that was made anew.
  void begin_anew();

  const std::vector<update_seen>& all() const { return seen_; }

  /// The last message of a key. Precondition: there is one.
  const update_seen& last(const std::string& key) const;
  bool has(const std::string& key) const;

 private:
  struct client;

  std::string bootstrap_, topic_;
  settings more_;
  std::unique_ptr<client> client_;
  std::vector<update_seen> seen_;
};

} // namespace signalbox::test
