#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "actors/cloud_event.hpp"
#include "actors/updates_course.hpp"
#include "events/record.hpp"
#include "storage/memory_log.hpp"
#include "tests/projections/ledger_fixture.hpp"

namespace signalbox::test {

/// A topic of changes in memory, which several nodes use.
struct changes_in_memory {
  struct message {
    std::string key, value;
    std::uint64_t writer = 0; ///< who has taken over, by number
  };

  std::vector<message> messages;
  std::uint64_t generation = 0;              ///< how often it was made anew
  std::uint64_t writers = 0;                 ///< how often it was taken over
  std::optional<failure> refusal;            ///< of check()
  std::optional<failure> down;               ///< of all that waits for brokers
  std::size_t fails_after = ~std::size_t{0}; ///< messages that it still takes
  std::function<void()> before_take_over;    ///< the next time

  void make_anew() {
    messages.clear();
    ++generation;
  }
};

/// One node's end of it.
class memory_updates final : public updates_topic {
 public:
  explicit memory_updates(changes_in_memory& x) : topic_{x} {}

  result<void> check() override {
    if (topic_.down)
      return *topic_.down;
    if (topic_.refusal)
      return *topic_.refusal;
    return {};
  }

  void rewind() override {
    next_ = 0;
    generation_ = topic_.generation;
    is_at_end_ = false;
  }

  result<void> read(const visitor& visit) override {
    if (generation_ != topic_.generation)
      return failure{errc::history_changed, "the topic was made anew"};
    for (; !topic_.down && next_ < topic_.messages.size(); ++next_) {
      auto& x = topic_.messages[next_];
      visit({x.key, x.value, me_ != 0 && x.writer == me_});
    }
    is_at_end_ = is_at_end_ || !topic_.down;
    return {};
  }

  result<void> read_to_end(const visitor& visit) override {
    if (topic_.down)
      return *topic_.down;
    return read(visit);
  }

  bool is_at_end() const override { return is_at_end_; }

  result<void> take_over() override {
    resign();
    if (topic_.down)
      return *topic_.down;
    if (auto act = std::exchange(topic_.before_take_over, nullptr))
      act();
    me_ = ++topic_.writers;
    return {};
  }

  void resign() override { me_ = 0; }

  result<void> write(std::span<const update_message> messages) override {
    if (me_ == 0)
      return failure{errc::unavailable, "no writer"};
    if (me_ != topic_.writers) {
      resign();
      return failure{errc::conflict, "fenced"};
    }
    if (topic_.down || topic_.fails_after < messages.size()) {
      const auto me = std::exchange(me_, 0);
      // Of what failed nobody knows whether it was written.
      for (auto& x : messages)
        if (!topic_.down)
          topic_.messages.push_back({x.key, x.value, me});
      return failure{errc::unavailable, "no answer"};
    }
    topic_.fails_after -= messages.size();
    for (auto& x : messages)
      topic_.messages.push_back({x.key, x.value, me_});
    return {};
  }

  void stop() override {}
  void listen(std::function<void()>) override {}

 private:
  changes_in_memory& topic_;
  std::size_t next_ = 0;
  std::uint64_t generation_ = 0;
  std::uint64_t me_ = 0;
  bool is_at_end_ = false;
};

/// A ledger, made by the verbs of its base.
struct changing_ledger : ready_ledger {
  static result<std::string> part(log_index, std::size_t) {
    return failure{errc::not_found, "redacted"};
  }

  /// A change of the profile's channel; profiles beside `default` are made.
  void change(const std::string& name = "default") {
    if (name != "default" && seen_profiles_.emplace(name, true).second) {
      BOOST_REQUIRE(put_profile(keep(name)) == outcome::accepted);
      BOOST_REQUIRE(bind_policy("1.0.0", keep(name)) == outcome::accepted);
    }
    ++changes_;
    tell(publication(changes_, keep("1.0." + std::to_string(changes_)),
                     keep(name)));
  }

  /// The first release of `default` comes back.
  void take_back() {
    tell(event::channel_reverted{client, profile, 1, artifact(1), false});
  }

  /// The entry as a log holds it, with its parts if it changes a channel.
  byte_buffer record(std::size_t index) const {
    const auto found = told_.find(index);
    if (found == told_.end())
      return log[index].envelope;
    return encode_record(log[index].envelope,
                         std::vector(3, part_of(found->second)));
  }

 private:
  static record_part part_of(const std::string& text) {
    record_part out;
    out.bytes = as_bytes(text);
    return out;
  }

  void tell(event::body body) {
    const auto text = "change " + std::to_string(log.size());
    auto x = command(std::move(body));
    x.parts.assign(3, part_name(part_of(text)));
    BOOST_REQUIRE(append(x) == outcome::accepted);
    told_[log.size() - 1] = text;
  }

  std::map<std::string, bool> seen_profiles_;
  std::map<std::size_t, std::string> told_; ///< by index: what the parts say
  int changes_ = 0;
};

/// A node that follows the ledger and brings its changes into the topic.
class changes_node {
 public:
  changes_node(changing_ledger& ledger, changes_in_memory& topic,
               std::uint64_t seed)
      : ledger_{ledger}, updates_{topic},
        course_{{.topic = updates_,
                 .log = log_,
                 .shown = shown_,
                 .may_write = [this](const view&) { return may_write; },
                 .is_whole = [this](const view&, auto) { return is_whole; },
                 .note = [this](std::string x) { notes.push_back(x); },
                 .warn = [this](std::string x) { warnings.push_back(x); },
                 .seed = seed,
                 .waits = {std::chrono::seconds{2}, std::chrono::seconds{30}},
                 .check_every = std::chrono::seconds{10},
                 .past = 2}} {
    fold();
  }

  /// Folds what the ledger has, or only so many entries.
  void fold(std::size_t entries = ~std::size_t{0}) {
    for (; folded_ < ledger_.log.size() && folded_ < entries; ++folded_) {
      auto& x = ledger_.log[folded_];
      const auto whole = ledger_.record(folded_);
      byte_view record = whole;
      BOOST_REQUIRE(log_.append({&record, 1}, x.append_time));
      BOOST_REQUIRE(
          step(state_, log_index{folded_}, x.append_time, x.envelope));
      auto body = decode_envelope(x.envelope);
      builder_.note(body ? &body->body : nullptr);
    }
    shown_.store(builder_.build(state_), updates_course::clock::now());
  }

  void step_at(updates_course::clock::time_point now) { course_.step(now); }

  const view& seen() const { return *shown_.load()->data; }
  updates_counts counts() const { return course_.counts(); }

  bool may_write = true;
  bool is_whole = true;
  std::vector<std::string> notes, warnings;

 private:
  changing_ledger& ledger_;
  memory_log log_;
  ledger_state state_;
  view_builder builder_{changing_ledger::part};
  published_view shown_;
  std::size_t folded_ = 0;
  memory_updates updates_;
  updates_course course_;
};

} // namespace signalbox::test
